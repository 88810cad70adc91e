// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Whether a copy of a live request may come in.
public enum CopyAdmission: Hashable, Sendable {
    /// It may; its own deadline runs. `arrived` follows at once.
    case admitted(RequestID, deadline: Moment)
    /// It is not made.
    case shed(CopyShed)
}

/// Why a copy is not made.
public enum CopyShed: String, Hashable, Sendable, CaseIterable {
    /// No run of the deployment will come.
    case closed
    /// The body is longer than a copy may be, or than the deployment takes.
    case tooLong
    /// The bodies of copies take all the memory they may.
    case tooManyBytes
    /// As many copies wait for the deployment as may.
    case tooManyWaiting
}

/// Copies of live requests, which the deployment that is mirrored to scores and nobody waits for.
///
/// They have limits of their own and count in none of those of live requests. In their deployment
/// they come last: one is bound only where no live request waits, and only to a lane whose scorer
/// could begin it at once, so that a live one never stands behind it in a lane. One whose scorer dies
/// is over: it is no suspect, is scored at most once and has no body refused.
extension Dispatcher {
    /// Whether a copy of a live request of `length` bytes may come in.
    public mutating func admitCopy(
        to deployment: DeploymentID,
        length: Int,
        at now: Moment
    ) -> CopyAdmission {
        let place = Int(deployment.index)
        let rules = deployments[place].rules
        guard rules.isOpen else { return .shed(.closed) }
        guard length <= min(limits.longestCopy, rules.bodyLimit) else { return .shed(.tooLong) }
        guard deployments[place].copies.count < limits.copiesWaiting else {
            return .shed(.tooManyWaiting)
        }
        guard copiedBytes + length <= limits.copiedBytes else { return .shed(.tooManyBytes) }
        let index = requests.make()
        let deadline = now + rules.deadline
        requests[index].isCopy = true
        requests[index].state = .waiting
        requests[index].deployment = deployment.index
        requests[index].bytes = length
        requests[index].deadline = deadline
        copiedBytes += length
        requests.append(index, to: &deployments[place].copies)
        requests.insertByDeadline(index, into: &deployments[place].copyDeadlines)
        return .admitted(requests.id(of: index), deadline: deadline)
    }

    /// Binds copies to what live requests leave.
    mutating func bindCopies(
        _ place: Int,
        _ now: Moment,
        _ effects: inout [DispatchEffect]
    ) {
        while !deployments[place].copies.isEmpty {
            let index = deployments[place].copies.first
            if requests[index].deadline <= now {
                dequeue(index)
                failLate(index, &effects)
                continue
            }
            guard let lane = chooseLane(place, for: index) else { return }
            requests.remove(index, from: &deployments[place].copies)
            bind(index, to: lane, now, &effects)
        }
    }

    /// Ends copies whose time is over.
    ///
    /// One whose answer comes in parts has its scorer see between two of them that it is not wanted
    /// any more: it gets as long again for that before its lane counts as hung.
    mutating func expireCopies(
        _ place: Int,
        _ now: Moment,
        _ effects: inout [DispatchEffect]
    ) {
        while !deployments[place].copyDeadlines.isEmpty {
            let index = deployments[place].copyDeadlines.first
            guard requests[index].deadline <= now else { return }
            if requests[index].state == .bound {
                effects.append(.fail(requests.id(of: index), .deadline))
                letGo(index, &effects)
                if requests[index].hasPartLeft {
                    requests[index].deadline = now + deployments[place].rules.deadline
                }
            } else {
                dequeue(index)
                failLate(index, &effects)
            }
        }
    }
}
