// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// How many bells a scorer may ring: one for each time that the gateway announced its sleep anew.
///
/// It follows what `lane_arm` does with the word `armed`: a value that nobody rang for is as good as
/// new, so it is announced again and still allows one bell.
struct BellCount: Hashable, Sendable {
    /// Bells that were allowed so far.
    private(set) var allowed = 0
    /// Bells that came.
    private(set) var heard = 0
    private var isArmed = false
    private var wasRung = false

    /// The gateway announced its sleep.
    mutating func arm() {
        guard !isArmed || wasRung else { return }
        allowed += 1
        isArmed = true
        wasRung = false
    }

    /// The gateway is awake.
    mutating func disarm() { isArmed = false }

    /// A packet came; a bell is one that says nothing else.
    mutating func heard(aBell isBell: Bool) {
        wasRung = true
        if isBell { heard += 1 }
    }

    /// The lane of a new gateway: its word begins anew.
    mutating func restart() { (isArmed, wasRung) = (false, false) }

    /// Whether more came than were allowed.
    var isTooMany: Bool { heard > allowed }
}
