// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLaunch
import Glibc
import Vocabulary
import Wire

/// A step of a launch that failed: which, on what, and the kernel's reason.
struct LaunchFailure: Error, Hashable {
    /// The step, verb first.
    var step: String
    /// What it was done to; may be empty.
    var subject: String
    /// The error number.
    var number: Int32

    /// Makes a failure.
    init(step: String, subject: String, number: Int32) {
        self.step = step
        self.subject = subject
        self.number = number
    }

    /// Reads a child's report.
    init(_ report: launch_report) {
        step = Self.text(report.step)
        subject = Self.text(report.subject)
        number = report.value
    }

    /// Wraps a call of the node's own.
    init(_ error: SystemError) {
        step = error.attempt
        subject = ""
        number = error.number
    }

    /// The child left without a word.
    static let silent = LaunchFailure(step: "hear from", subject: "the launcher", number: EPIPE)

    /// `cannot bind '/models/x': No such file or directory`.
    var reason: String {
        let object = subject.isEmpty ? "" : " '\(subject.printable)'"
        return "cannot \(step.printable)\(object): \(SystemError("", number: number).reason)"
    }

    /// The same as the answer to an order.
    func problem(starting run: Run) -> Problem {
        Problem(
            .failed,
            code: "cannotStart",
            what: "cannot start '\(run)': \(reason)",
            remedy: remedy
        )
    }

    private var remedy: String {
        switch (step, number) {
        case ("execute", ENOENT): "the program or the interpreter it names is not there"
        case ("execute", EACCES), ("execute", ENOEXEC): "it must be a program others may execute"
        case ("bind", ENOENT): "the order names a path that does not exist on this node"
        case (_, ENOSPC), (_, ENOMEM), (_, EAGAIN): "the machine is out of a resource; free some"
        default: ""
        }
    }

    private static func text<Bytes>(_ bytes: Bytes) -> String {
        withUnsafeBytes(of: bytes) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
