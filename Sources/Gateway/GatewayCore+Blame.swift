// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import RequestDispatch
import RequestQueue
import Vocabulary
import Wire

/// Which revision's doing an answer is, or that there is none.
extension GatewayCore {
    /// Counts what a client is answered by a scorer, once, with its head.
    func count(status: Int, of exchange: Exchange) {
        guard let revision = exchange.revision else { return }
        exchange.deployment?.revisions.count(status: status, of: revision)
    }

    /// Counts a failure for the revision whose doing it is.
    ///
    /// That is the one whose lane held the request last. Where none did it is the only one that is
    /// routed; with two of them it may be either's, and counts for none.
    func count(
        _ failure: RequestFailure,
        _ request: RequestID,
        of exchange: Exchange,
        _ deployment: Deployment
    ) {
        guard !exchange.isCopy, let revision = exchange.revision ?? deployment.onlyRevision else {
            return
        }
        switch failure {
        case .lost, .brokenOff, .convicted, .outlivedLanes: break
        case .deadline:
            guard exchange.wholeAt != .never else { return }
            let late = LateRequest(
                wholeAt: exchange.wholeAt,
                heldAt: deployment.begunAt(request, now).map {
                    max(exchange.heldAt, $0 + (.zero - DispatchLimits().lookInterval))
                },
                now: now
            )
            guard deployment.revisions.isBlamed(revision, for: late) else { return }
        case .closed, .tooManyWaiting, .tooManyPending, .unsendable: return
        }
        deployment.revisions.count(status: 502, of: revision)
    }

    /// A scorer took a request, or something of an answer came of it.
    func noteProgress(_ station: LaneStation, isAnswer: Bool) {
        station.deployment.revisions.noteProgress(
            of: station.order.revision,
            isAnswer: isAnswer,
            at: now
        )
    }
}

extension Deployment {
    /// The revision that requests are given to, if it is one.
    fileprivate var onlyRevision: Revision? {
        let routed = Set(
            stations.lazy.filter { self.runs.contains($0.run) }.map(\.order.revision)
        )
        return routed.count == 1 ? routed.first : nil
    }

    /// When a scorer was seen to have begun the request, which may be a look too late; nothing where
    /// none has.
    fileprivate func begunAt(_ request: RequestID, _ now: Moment) -> Moment? {
        for station in stations {
            guard let slot = station.slots.firstIndex(of: request),
                let ticket = station.tickets[slot]
            else { continue }
            return station.lane.wasTaken(ticket) ? station.begunAt[slot] ?? now : nil
        }
        return nil
    }
}
