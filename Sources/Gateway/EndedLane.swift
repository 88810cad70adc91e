// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import RequestDispatch
import Vocabulary

/// A lane that ended, until the supervisor says how its run did.
///
/// The gateway sees a socket close, whether its scorer died or its whole node: only the supervisor
/// can tell them apart, a moment later.
struct EndedLane {
    /// How many are remembered: more than a machine has scorers.
    static let most = 1_024

    let run: Run
    let id: LaneID
    let deployment: DeploymentID
}

extension GatewayCore {
    /// A lane ended.
    func note(_ lane: EndedLane) {
        if unexplained.count >= EndedLane.most { unexplained.removeFirst() }
        unexplained.append(lane)
    }

    /// A run is dead; where it went with its node, that says nothing about what it scored.
    func settle(_ run: Run, withNode: Bool) {
        let open = stations.first { $0.run == run }
        if withNode {
            if let open { decide(.laneExcused(open.id, open.deployment.id)) }
            for lane in unexplained where lane.run == run {
                decide(.laneExcused(lane.id, lane.deployment))
            }
        }
        if let open { end(open) }
        unexplained.removeAll { $0.run == run }
    }
}
