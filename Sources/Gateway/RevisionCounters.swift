// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import RequestDispatch
import RequestQueue
import Vocabulary
import Wire

/// Counts the answers of each revision of a deployment, for whoever rolls one in.
struct RevisionCounters {
    /// Revisions that are remembered: a rollout has two, one that was overtaken midway three.
    private static let most = 4

    /// In order of revision.
    private(set) var all: [RevisionAnswers] = []

    /// Counts an answer by the status that the client is shown.
    mutating func count(status: Int, of revision: Revision) {
        let fails = status >= 500 || status == 424
        if let place = all.firstIndex(where: { $0.revision == revision }) {
            all[place].answers += 1
            all[place].failures += fails ? 1 : 0
            return
        }
        if all.count == Self.most { all.removeFirst() }
        let fresh = RevisionAnswers(revision: revision, answers: 1, failures: fails ? 1 : 0)
        let place = all.firstIndex { $0.revision > revision } ?? all.endIndex
        all.insert(fresh, at: place)
    }
}

extension GatewayCore {
    /// Counts an answer that came out of a lane, once, with its head.
    func count(_ completion: borrowing Completion, of exchange: Exchange?, from lane: LaneStation) {
        guard let exchange, exchange.connection != nil, exchange.progress == .awaited else {
            return
        }
        let deployment = lane.deployment
        switch completion.outcome {
        case .answer, .last, .part:
            let status = exchange.shows(Int(completion.status))
            deployment.revisions.count(status: status, of: lane.order.revision)
        case .declined, .pong: break
        }
    }

    /// Counts a failure that is a lane's own: it died, broke off or was too late with the request.
    func count(_ failure: RequestFailure, _ request: RequestID, of deployment: Deployment) {
        let station: LaneStation?
        switch failure {
        case .lost(let lane), .brokenOff(let lane):
            station = deployment.stations.first { $0.id == lane }
        case .deadline:
            station = deployment.stations.first { station in
                station.ticket(of: request).map(station.lane.wasTaken) ?? false
            }
        case .convicted, .outlivedLanes, .closed, .tooManyWaiting, .tooManyPending, .unsendable:
            station = nil
        }
        if let station { deployment.revisions.count(status: 502, of: station.order.revision) }
    }
}
