// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What waits for one deployment, and for which lanes.
struct DeploymentQueue: Sendable {
    var rules: DeploymentRules
    /// Those that wait for any lane, first come first.
    var waiting = LinkedList()
    /// Those that must be scored alone.
    var suspects = LinkedList()
    /// Every request whose deadline still runs and whose answer has not begun, soonest first.
    var deadlines = LinkedList()
    /// Those whose answers have begun and are not whole, soonest first: all have the same time for
    /// their next part, so the one whose part came last stands last.
    var streams = LinkedList()
    /// Copies of live requests that wait for what those leave of the lanes.
    var copies = LinkedList()
    /// Every copy that is not over, soonest deadline first.
    var copyDeadlines = LinkedList()
    /// Admitted requests whose bodies are not whole.
    var receiving = 0
    /// Bytes of bodies that are held for it.
    var heldBytes = 0
    /// The same with what is kept for those that are coming.
    var claimedBytes = 0
    /// Its lanes, in the order in which they were opened.
    var lanes: ContiguousArray<Int32> = []
    /// Where the next choice among equally loaded lanes begins.
    var cursor = 0
    /// The lane that is being emptied for a suspect, or that scores one; -1 for none.
    var reserved: Int32 = -1
    /// Bodies that killed scorers; oldest first.
    var convictions: ContiguousArray<Conviction> = []
    var redispatched: UInt64 = 0
    var abandoned: UInt64 = 0

    /// A body that is kept from the revision whose scorers it killed, until then.
    struct Conviction: Sendable {
        var digest: UInt64
        var killing: Killing
        var until: Moment
    }

    init(rules: DeploymentRules) {
        self.rules = rules
    }

    /// Whole requests that are in no lane.
    ///
    /// Those whose bodies are still coming do not count where room is short: whoever sends heads
    /// and no bodies would have all others refused.
    var queued: Int { waiting.count + suspects.count }
    /// Requests that are admitted and in no lane.
    var pending: Int { receiving + queued }
    /// Whole requests that somebody waits for, in a lane or not.
    var inFlight: Int { deadlines.count + streams.count - receiving }
}
