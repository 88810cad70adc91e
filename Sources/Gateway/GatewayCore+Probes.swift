// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary
import Wire

/// Probes that the supervisor asks for: a ping that the scorer's work loop answers.
extension GatewayCore {
    /// Asks a run, and tells after the timeout whether it has given a sign of life since.
    func probe(_ run: Run, _ kind: ProbeKind, within timeout: Duration) {
        guard let station = stations.first(where: { $0.run == run }), station.isReady else {
            return
        }
        let asked = now
        decide(.laneAsked(station.id))
        loop.schedule(in: timeout) { [self] in
            guard !station.isEnded else { return }
            beginTurn()
            drain(station)
            let isAnswered = station.heardAt >= asked || station.isScoring
            report(.probed(run, kind, isAnswered: isAnswered))
        }
    }
}

extension LaneStation {
    /// Whether its scorer has a request in hand: how long that may take is the request's deadline's
    /// to say.
    fileprivate var isScoring: Bool {
        slots.indices.contains { slot in
            slots[slot] != .none && tickets[slot].map(lane.wasTaken) == true
        }
    }
}
