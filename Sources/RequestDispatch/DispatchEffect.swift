// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What to do for a request or a lane.
public enum DispatchEffect: Hashable, Sendable {
    /// Post the request in the lane; `unsendable` if that cannot be done.
    case bind(RequestID, LaneID)
    /// Post the copy in the lane, after what is live; `unsendable` if that cannot be done.
    case bindCopy(RequestID, LaneID)
    /// Cancel the request in the lane; answered by `withdrawn` or `begun`.
    case withdraw(RequestID, LaneID)
    /// Answer the client; the body is needed no more.
    case fail(RequestID, RequestFailure)
    /// The request killed a scorer while alone in its lane: have its body's digest refused.
    case convict(RequestID, Killing)
    /// Nobody needs the request any more: let its body go.
    case forget(RequestID)
    /// Post a probe in the lane.
    case probe(LaneID)
    /// Throw the lane away; `laneEnded` follows.
    case eject(LaneID, EjectReason)
    /// The draining lane is empty.
    case drained(LaneID)
}

/// Under what a request was convicted.
public struct Killing: Hashable, Sendable {
    /// The lane that ended with it.
    public let lane: LaneID
    /// What the lane's scorer served.
    public let revision: Revision

    /// Makes one.
    public init(lane: LaneID, revision: Revision) {
        self.lane = lane
        self.revision = revision
    }
}

/// Why a request gets no answer of its model.
public enum RequestFailure: Hashable, Sendable {
    /// Its deadline passed.
    case deadline
    /// Its scorer died while scoring it, and it may not be scored twice.
    case lost(LaneID)
    /// Its scorer died while scoring it and nothing else, for the second time; or its body is known
    /// for that with each revision that takes requests.
    case convicted
    /// As many lanes as a request may outlive ended under it.
    case outlivedLanes
    /// Its scorer died after a part of the answer had left.
    case brokenOff(LaneID)
    /// No run of its deployment will come.
    case closed
    /// As many requests as may wait were waiting when it was whole.
    case tooManyWaiting
    /// As many requests as may be under way were when it was whole.
    case tooManyPending
    /// The machine could not hand it over.
    case unsendable
}

/// Why a lane is thrown away.
public enum EjectReason: Hashable, Sendable {
    /// A request was not answered within a second of its deadline.
    case overdue
    /// Nothing was taken for three seconds though the scorer had room.
    case notTaking
}
