// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// A signal as people know it: its number, and its name where it has one.
public struct SignalName: Hashable, Sendable, CustomStringConvertible {
    private let number: Int32

    /// Names a signal.
    public init(_ number: Int32) {
        self.number = number
    }

    /// `11 (SIGSEGV)`; the number alone for signals that end programs seldom.
    public var description: String {
        Self.names[number].map { "\(number) (\($0))" } ?? "\(number)"
    }

    /// Source: signal(7), the numbers of x86 and ARM.
    private static let names: [Int32: String] = [
        1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 5: "SIGTRAP", 6: "SIGABRT",
        7: "SIGBUS", 8: "SIGFPE", 9: "SIGKILL", 11: "SIGSEGV", 13: "SIGPIPE", 15: "SIGTERM",
        24: "SIGXCPU", 25: "SIGXFSZ", 31: "SIGSYS",
    ]
}
