// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// The figures that hold for the whole gateway.
///
/// Source: ARCHITECTURE.md, "The lane", rules 7 and 8; the product brief for the byte limit.
public struct DispatchLimits: Hashable, Sendable {
    /// Most bytes of bodies held at once; more where a deployment's rules give it so much that the
    /// others would not have `deploymentBytes` beside it.
    public var heldBytes = 256 << 20
    /// Most of them for one deployment, unless its rules give it more: its bodies leave room for
    /// those of others.
    public var deploymentBytes = 128 << 20
    /// How much of what a body announced counts as held, as a multiple of what has come of it: a
    /// client must send to keep room from others.
    public var trust = 8
    /// A body up to this length always finds room: long ones cannot keep short ones out.
    ///
    /// How many there can be is bounded by the requests that may wait, and by the connections.
    public var shortBody = 48 << 10
    /// Most bytes of bodies of copies held at once, beside those of live requests.
    public var copiedBytes = 32 << 20
    /// Longest body that is copied.
    public var longestCopy = 1 << 20
    /// Most copies that wait for one deployment.
    public var copiesWaiting = 64
    /// A request is failed when this many lanes ended under it while it had its turn in them.
    public var lanesOutlived = 4
    /// How long a convicted body is refused.
    public var convictionLife = Duration.seconds(600)
    /// Most convicted bodies remembered for one deployment; the oldest is forgotten first.
    public var convictionsRemembered = 256
    /// How long an answer that was begun may stay without its next part, once its client has taken
    /// over all that came: from its first part on this is its deadline.
    public var partGrace = Duration.seconds(300)
    /// How far past its deadline a request may stay taken before its lane is hung.
    public var overdueGrace = Duration.seconds(1)
    /// How long a scorer with room may leave requests untaken before its lane is hung.
    public var takingGrace = Duration.seconds(3)
    /// How often lanes that hold something are looked at.
    public var lookInterval = Duration.milliseconds(500)
    /// How often a lane that holds nothing is probed.
    public var probeInterval = Duration.seconds(10)
    /// How long a bound request stays untaken before an idle lane may have it.
    public var stealAfter = Duration.milliseconds(50)

    /// Makes the usual limits.
    public init() {}

    /// Limits for a scorer that somebody looks into: no lane ever counts as hung.
    public static let patient: DispatchLimits = {
        let aYear = Duration.seconds(365 * 24 * 3_600)
        var limits = DispatchLimits()
        limits.overdueGrace = aYear
        limits.takingGrace = aYear
        limits.probeInterval = aYear
        return limits
    }()
}
