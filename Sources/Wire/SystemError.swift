// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#endif

/// A system call that failed: what was tried and the kernel's own word for it.
public struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was tried, verb first: `connect to '/run/x.sock'`.
    public let attempt: String
    /// The error number.
    public let number: Int32

    /// Makes an error from the calling thread's `errno`, or from `number`.
    public init(_ attempt: String, number: Int32 = errno) {
        self.attempt = attempt
        self.number = number
    }

    /// The kernel's words for the error number.
    public var reason: String { String(cString: strerror(number)) }

    /// The whole sentence.
    public var description: String { "cannot \(attempt): \(reason)" }
}
