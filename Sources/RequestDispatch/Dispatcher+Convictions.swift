// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Bodies that killed scorers, each refused where the revision that it killed would score it.
///
/// Another revision of the deployment is asked as if nothing had been: it may well live through what
/// that one did not.
extension Dispatcher {
    /// Whether the digest of a body must be told with `arrived`: only while a body is refused.
    public func needsDigest(_ deployment: DeploymentID) -> Bool {
        !deployments[Int(deployment.index)].convictions.isEmpty
    }

    /// Has a body kept from the revision that it killed from now on, for as long as `limits` says.
    public mutating func refuse(
        digest: UInt64,
        for killing: Killing,
        of deployment: DeploymentID,
        at now: Moment
    ) {
        let place = Int(deployment.index)
        let until = now + limits.convictionLife
        deployments[place].convictions.removeAll {
            $0.digest == digest && $0.killing.revision == killing.revision
        }
        if deployments[place].convictions.count >= limits.convictionsRemembered {
            deployments[place].convictions.removeFirst()
        }
        deployments[place].convictions.append(
            .init(digest: digest, killing: killing, until: until)
        )
    }

    mutating func forgetOldConvictions(at place: Int, _ now: Moment) {
        if deployments[place].convictions.isEmpty { return }
        deployments[place].convictions.removeAll { $0.until <= now }
    }

    /// Refuses nothing of a deployment's any more: it is gone.
    public mutating func forgetConvictions(of deployment: DeploymentID) {
        deployments[Int(deployment.index)].convictions = []
    }

    /// Whether the body of a request is refused where this lane would score it.
    func isRefused(_ index: Int32, by lane: Int32) -> Bool {
        let place = Int(requests[index].deployment)
        guard !deployments[place].convictions.isEmpty else { return false }
        let digest = requests[index].digest
        let revision = lanes[Int(lane)].revision
        return deployments[place].convictions.contains {
            $0.digest == digest && $0.killing.revision == revision
        }
    }

    /// Whether lanes take requests now, and each of them would refuse this one.
    func isRefusedByAll(_ index: Int32) -> Bool {
        let place = Int(requests[index].deployment)
        guard !deployments[place].convictions.isEmpty else { return false }
        var takes = false
        for lane in deployments[place].lanes where lanes[Int(lane)].mayServe {
            guard isRefused(index, by: lane) else { return false }
            takes = true
        }
        return takes
    }

    /// A lane's end, to come or past, says nothing about its scorer: it was lost with its node.
    ///
    /// Shape: it may be told when the requests have moved on already. Then what the end had counted
    /// against them is taken back, convictions included; an answer that was given stays given.
    mutating func excuse(
        _ lane: LaneID,
        of deployment: DeploymentID,
        _ now: Moment,
        _ effects: inout [DispatchEffect]
    ) {
        if let open = find(lane) {
            lanes[Int(open)].isExcused = true
            return
        }
        let place = Int(deployment.index)
        deployments[place].convictions.removeAll { $0.killing.lane == lane }
        var index = deployments[place].deadlines.first
        while index >= 0 {
            if requests[index].suspectedFor == lane { acquit(index, at: place) }
            if requests[index].outlived == lane {
                requests[index].outlived = .none
                requests[index].deaths -= 1
            }
            index = requests[index].turn.next
        }
        bindWaiting(deployment.index, now, &effects)
    }

    /// A suspect is one no more: it waits, or is scored, as any other.
    private mutating func acquit(_ index: Int32, at place: Int) {
        requests[index].suspectedFor = .none
        switch requests[index].state {
        case .suspected:
            requests.remove(index, from: &deployments[place].suspects)
            requests[index].state = .waiting
            requests.prepend(index, to: &deployments[place].waiting)
        case .bound:
            let lane = Int(requests[index].lane)
            if lanes[lane].suspect == index { lanes[lane].suspect = -1 }
        case .free, .receiving, .waiting: break
        }
        // The lane that was kept for it, if it is kept for no other.
        let reserved = deployments[place].reserved
        if reserved >= 0, lanes[Int(reserved)].suspect < 0, deployments[place].suspects.isEmpty {
            deployments[place].reserved = -1
        }
    }
}
