// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// What happened to a request, a lane or the clock.
public enum DispatchEvent: Hashable, Sendable {
    /// The request's body is whole; with the digest of its body where `needsDigest` asked for one.
    case arrived(RequestID, digest: UInt64)
    /// The client closed its connection: nobody waits for the answer.
    case clientGone(RequestID)

    /// The scorer was seen to have begun the request.
    case taken(RequestID)
    /// A part of the answer came; more will follow.
    case part(RequestID)
    /// The client took over a part of the answer that it had not kept up with until now.
    case partRead(RequestID)
    /// The whole answer, or its last part, came.
    case answered(RequestID)
    /// The scorer gave the request back unseen: withdrawn, or late.
    case declined(RequestID)
    /// `withdraw` won: the scorer will never begin the request; its slot comes back later.
    case withdrawn(RequestID)
    /// `withdraw` lost: the scorer had begun the request.
    case begun(RequestID)
    /// The lane could not carry the request, and never held it.
    case unsendable(RequestID)
    /// A slot that holds no live request came back: a withdrawn request's, or a probe's.
    case slotReturned(LaneID)

    /// The lane's scorer can answer.
    case laneReady(LaneID)
    /// The lane's run may, or may no longer, be given requests.
    case laneRouted(LaneID, Bool)
    /// So many calls of the lane's model go on at once from now on.
    case laneCalls(LaneID, Int)
    /// The lane may hold so many requests from now on.
    case laneHolds(LaneID, Int)
    /// The lane gets no more requests; `drained` follows once it is empty.
    case laneDraining(LaneID)
    /// Somebody wants to know whether the lane's scorer is well: a probe is posted, if it has room.
    case laneAsked(LaneID)
    /// The lane's end, before or after `laneEnded`, is that of its node: it says nothing about what
    /// the lane held.
    case laneExcused(LaneID, DeploymentID)
    /// The lane is gone. `answered` for what it had answered and `taken` for what its scorer had
    /// begun come before.
    case laneEnded(LaneID)

    /// No run of the deployment will come: what waits is failed.
    case closed(DeploymentID)
    /// Time passed.
    case tick
}
