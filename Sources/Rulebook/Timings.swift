// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// The waits that are nobody's to set.
package enum Timings {
    /// How long a drained scorer may take to leave by itself before its tree is ended.
    package static let farewell: Duration = .seconds(2)
    /// How long until an unanswered `end` is repeated.
    package static let endAgain: Duration = .seconds(5)
    /// How long until a node or a gateway that neither joined nor was reported lost is asked for
    /// again.
    package static let seekAgain: Duration = .seconds(10)
    /// How long a gateway may take to finish its requests when the server shuts down.
    package static let retirement: Duration = .seconds(70)
    /// How long a comparison of answers may take until it is begun again.
    package static let comparison: Duration = .seconds(90)
    /// How long until a comparison that must find no difference, and lost what it compares with, is
    /// begun again: live requests are kept meanwhile.
    package static let refill: Duration = .seconds(30)
    /// How long such a comparison waits for live requests in all.
    package static let refillLimit: Duration = .seconds(600)
    /// How long a node must have been there before instances are moved to it for evenness alone.
    package static let settling: Duration = .seconds(60)
    /// Starts in a row that never got ready before a revision is given up.
    package static let startsBeforeGivingUp = 5
}
