// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// What the kernel says of one process.
///
/// Source: proc(5), `/proc/pid/stat`; `PF_EXITING` in the kernel's `sched.h`.
struct ProcessFacts: Hashable {
    private static let exiting: UInt32 = 0x4

    /// One letter: `R`, `S`, `D`, `Z` and others.
    var state: Character
    /// The pid of its parent.
    var parent: Int32
    /// The kernel's own marks.
    var flags: UInt32

    /// Whether it is on its way out, or waits to be reaped.
    var isLeaving: Bool { state == "Z" || state == "X" || flags & Self.exiting != 0 }

    /// Reads the facts from the text of a `stat` file; nothing where it is none.
    init?(_ text: String) {
        // The name may hold anything but ends with the last parenthesis.
        guard let end = text.lastIndex(of: ")") else { return nil }
        let words = text[text.index(after: end)...].split(separator: " ")
        guard words.count > 6, let state = words[0].first, let parent = Int32(words[1]),
            let flags = UInt32(words[6])
        else { return nil }
        self.state = state
        self.parent = parent
        self.flags = flags
    }

    /// Asks the kernel; nothing where there is no such process.
    static func read(_ pid: Int32) -> ProcessFacts? {
        SmallFile.read("/proc/\(pid)/stat").flatMap { ProcessFacts($0) }
    }

    /// Whether there is no such process, or it is on its way out.
    static func isLeaving(_ pid: Int32) -> Bool { read(pid)?.isLeaving ?? true }

    /// Whether the child `pid` of `parent` has ended or is about to; a later process that was given
    /// the same number is another's child.
    static func hasEnded(_ pid: Int32, childOf parent: Int32) -> Bool {
        guard let facts = read(pid), facts.parent == parent else { return true }
        return facts.isLeaving
    }
}
