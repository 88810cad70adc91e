// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import RequestDispatch

/// How a scorer said that it works.
struct DeclaredWork: Equatable {
    /// How many requests it works on at once; nothing where it did not say.
    var threads: Int?
    /// How many requests one call of its model may have.
    var shares = 1

    /// Calls at once, and requests that may be bound, of the lane that was ordered.
    ///
    /// Never more calls than declared, never more than the deployment allows. A scorer that works on
    /// one request at a time, or did not say, has the next ones wait in its lane; one of several
    /// threads begins all that it is given, so it is given no more than it may begin. What may share
    /// a call waits for the next call, and as much for the one after.
    func limits(calls: Int, ahead: Int, aheadOfShared: Int) -> (calls: Int, slots: Int) {
        let allowed = min(threads ?? calls, calls)
        let sharing = aheadOfShared > 0 && shares > 1 ? shares : 1
        if let threads, threads > 1 {
            return (allowed, min(allowed * sharing, calls + max(ahead, aheadOfShared)))
        }
        let waiting = sharing > 1 ? max(ahead, min(aheadOfShared, 2 * sharing - 1)) : ahead
        return (allowed, allowed + waiting)
    }
}

extension GatewayCore {
    /// A scorer said how it works, or that it works otherwise now; what is bound already stays.
    func declare(_ station: LaneStation, _ change: (inout DeclaredWork) -> Void) {
        let order = station.order
        guard !station.isEnded else { return }
        change(&station.declared)
        let limits = station.declared.limits(
            calls: order.calls,
            ahead: order.ahead,
            aheadOfShared: order.aheadOfShared
        )
        station.sharesCalls = order.aheadOfShared > 0 && station.declared.shares > 1
        decide(.laneCalls(station.id, limits.calls))
        decide(.laneHolds(station.id, limits.slots))
    }
}
