// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLinux

/// What a descriptor is ready for, or is watched for.
struct Readiness: OptionSet {
    let rawValue: UInt32

    static let input = Readiness(LINUX_READY_INPUT)
    static let output = Readiness(LINUX_READY_OUTPUT)
    /// The other end sends nothing more.
    static let inputEnd = Readiness(LINUX_READY_INPUT_END)
    /// Both directions are over, or the socket has an error; told whether watched for or not.
    static let end = [Readiness(LINUX_READY_END), Readiness(LINUX_READY_ERROR)] as Readiness

    init(rawValue: UInt32) { self.rawValue = rawValue }

    private init(_ bit: some BinaryInteger) { rawValue = UInt32(truncatingIfNeeded: bit) }
}

/// Something whose descriptor a loop watches.
///
/// A class to inherit from and no protocol: it is called for everything that comes.
class Watched {
    /// Told after each wait in which the descriptor was ready for something.
    func ready(_ what: Readiness) {}

    /// The loop has ended: lets go of what it holds.
    func abandon() {}
}
