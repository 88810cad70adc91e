// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// The questions on which safety hangs, each a small pure function.
///
/// There is one policy in production, `standard`, and no way to hand `Rulebook.decide` another from
/// outside this package. The simulation plants bugs by handing it another, to show that its referee
/// would notice.
package struct Policy: Sendable {
    /// What is known when an instance could be started.
    package struct SpawnQuestion: Sendable {
        /// Whether every node and the gateway have been heard of in this life of the supervisor.
        package let isEveryoneHeard: Bool
        /// Whether the instance's node has joined.
        package let isNodeJoined: Bool
        /// Whether a process that should not be there still is, on that node or of that deployment.
        package let isStrayNear: Bool
    }

    /// The number of extra instances a rollout may hold at once.
    ///
    /// Shape: 1 for 1 to 5 instances, 2 for 6 to 10; integer arithmetic, so 15 gives 3 and never 4.
    /// Source: the product brief, 20% held for upgrades (Azure ML's quota rule: ceil(1.2 x
    /// instances) x cores).
    package var surge: @Sendable (_ instances: Int) -> Int = { ($0 + 4) / 5 }

    /// Whether so much fits into that room.
    package var fits: @Sendable (_ demand: Demand, _ room: Demand) -> Bool = { $0.fits(into: $1) }

    /// Whether what is reported of one run is about the other.
    package var isSame: @Sendable (_ known: Run, _ reported: Run) -> Bool = { $0 == $1 }

    /// The run of an instance that may be given requests.
    package var routed: @Sendable (_ state: InstanceState) -> Run? = { $0.lease?.run }

    /// Whether what fails its readiness probe gets no requests, others being well or not.
    package var mayLeaveOut: @Sendable (_ areOthersWell: Bool) -> Bool = { $0 }

    /// Whether an answer to a probe counts, a question being open or not.
    package var heedsAnswer: @Sendable (_ isAsked: Bool) -> Bool = { $0 }

    /// Whether an instance that serves may be drained, and enough serve on.
    package var mayDrain: @Sendable (_ serving: Int, _ wanted: Int) -> Bool = { $0 - 1 >= $1 }

    /// Whether an instance may be started.
    package var maySpawn: @Sendable (SpawnQuestion) -> Bool = {
        $0.isEveryoneHeard && $0.isNodeJoined && !$0.isStrayNear
    }

    /// Whether a revision may be started from.
    package var mayStart: @Sendable (_ isPrepared: Bool) -> Bool = { $0 }

    /// How long to wait after a death at this step of the table.
    package var delay: @Sendable (_ step: Int) -> Duration = { BackOff.delay(step: $0) }

    /// Whether what can answer is compared before it gets requests.
    package var comparesFirst: @Sendable (_ isAwaited: Bool) -> Bool = { $0 }

    /// When a comparison of which nothing has come is given up.
    package var comparisonEnd: @Sendable (_ now: Moment) -> Moment = { $0 + Timings.comparison }

    /// Whether it matters that the requests are gone that were being compared.
    package var heedsEmptied: @Sendable () -> Bool = { true }

    /// Whether a comparison that ended so that it must halts its rollout.
    package var halts: @Sendable (_ isHalting: Bool) -> Bool = { $0 }

    /// Whether a revision that is rolled in fails too much, beside the one before it.
    package var fails:
        @Sendable (_ rule: FailureRule, _ new: AnswerTally, _ old: AnswerTally) -> Bool = {
            $0.isBroken(new: $1, old: $2)
        }

    /// Whether a paused rollout stands still.
    package var heedsPause: @Sendable () -> Bool = { true }

    /// Whether the revision before the one that serves is kept for an undo.
    package var keepsPrevious: @Sendable () -> Bool = { true }

    /// Whether an undo lets what is on its way in go.
    package var abandons: @Sendable () -> Bool = { true }

    /// Whether a deployment's places are spread over nodes.
    package var spreads: @Sendable () -> Bool = { true }

    /// Whether what serves nobody is started before what serves more.
    package var startsSoonest: @Sendable () -> Bool = { true }

    /// Whether a node that is drained gets nothing more.
    package var heedsDrain: @Sendable () -> Bool = { true }

    /// Whether a node that answers nothing gets nothing.
    package var heedsSilence: @Sendable () -> Bool = { true }

    /// Whether an instance moves for evenness, to a node that holds so many fewer.
    package var evensOut: @Sendable (_ difference: Int) -> Bool = { $0 >= 2 }

    /// Whether an instance of a drained node may go, its replacement serving or not.
    package var mayMove: @Sendable (_ isReplaced: Bool) -> Bool = { $0 }

    /// Whether a revision is given up.
    package var givesUp: @Sendable (_ unreadyStarts: Int, _ isProven: Bool) -> Bool = {
        $0 >= Timings.startsBeforeGivingUp && !$1
    }

    /// How many instances of older revisions may stay.
    ///
    /// Shape: `standing` is how many of them were wanted before.
    package var staying:
        @Sendable (_ wanted: Int, _ servingNew: Int, _ standing: Int, _ isProven: Bool) -> Int = {
            $3 ? max(0, $0 - $1) : $2
        }

    /// When an `end` that was not answered is repeated.
    package var endAgain: @Sendable (_ now: Moment) -> Moment = { $0 + Timings.endAgain }

    /// Whether a run's lane must be settled when the run has ended.
    package var owesSettlement: @Sendable (_ hasLane: Bool, _ isGatewayJoined: Bool) -> Bool = {
        $0 && $1
    }

    /// Whether a lane of an earlier gateway still counts as ready.
    package var outlivesGateway: @Sendable () -> Bool = { false }

    /// The process of a run that a node holds: only what has one is given a lane.
    package var process: @Sendable (_ held: HeldProcess) -> Int32? = { $0.pid }

    /// Whether a process that a node holds and nobody wants is ended.
    package var endsStray: @Sendable () -> Bool = { true }

    /// Whether an instance that came to this state gives its place back; nothing: it is no more.
    package var isVacated: @Sendable (_ state: InstanceState?) -> Bool = {
        $0?.reservation == nil
    }

    /// Whether a revision's files may go.
    package var mayDiscard: @Sendable (_ isKept: Bool, _ isHeld: Bool) -> Bool = {
        !$0 && !$1
    }

    /// Whether an endpoint's declaration says what its deployments get.
    package var heedsTraffic: @Sendable () -> Bool = { true }

    /// Whether requests may be shared out by percentages of this sum.
    package var mayShare: @Sendable (_ sum: Int) -> Bool = { $0 == 0 || $0 == 100 }

    /// Whether a deployment that answers so many percent may be let go by itself.
    package var mayLetGo: @Sendable (_ percent: Int) -> Bool = { $0 == 0 }

    /// Whether an endpoint is published again.
    package var mustPublish: @Sendable (_ hasChanged: Bool, _ hasJoinedAnew: Bool) -> Bool = {
        $0 || $1
    }

    /// Whether whatever has a deadline that has come is looked at, whatever the event is about.
    package var heedsDue: @Sendable () -> Bool = { true }

    /// Whether a piece of such a kind is written down where it has changed.
    package var mustWrite: @Sendable (_ kind: RulebookPart.Kind) -> Bool = { _ in true }

    /// The one that production decides by.
    package static let standard = Policy()
}
