// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Vocabulary

/// Several logs read as one: each line once, in the order of time, with its log where there is more
/// than one.
public struct LogReader {
    private let lines: Int
    private let zone: TimeZone
    private let print: (String) -> Void
    private var tails: [(file: LogFile, tail: LogTail)] = []
    /// Many lines have one time: it is written in words once.
    private var lastTime = (stamp: "", words: "")
    /// Whether anything was printed.
    public private(set) var hasPrinted = false

    /// Makes a reader that shows the last `lines` of each log it is given, then what is added, with
    /// times in `zone`.
    public init(lines: Int, zone: TimeZone, print: @escaping (String) -> Void) {
        self.lines = lines
        self.zone = zone
        self.print = print
    }

    /// Takes up the logs that it does not know yet.
    public mutating func add(_ files: [LogFile]) {
        let new = files.filter { file in !tails.contains { $0.file == file } }
        let isNamed = tails.count + new.count > 1
        var batches: [Batch] = []
        for file in new {
            var tail = LogTail(path: file.path)
            batches.append(Batch(file: file, lines: tail.last(lines)))
            tails.append((file, tail))
        }
        tell(batches, isNamed: isNamed)
    }

    /// Prints what was written since.
    public mutating func printNews() {
        var batches: [Batch] = []
        for index in tails.indices {
            batches.append(Batch(file: tails[index].file, lines: tails[index].tail.newLines()))
        }
        tell(batches, isNamed: tails.count > 1)
    }

    private struct Batch {
        let file: LogFile
        let lines: [String]
    }

    private struct Told {
        let label: String
        let line: LogLine
        /// The line's own time, or that of the line before it.
        let order: String
        let position: Int
    }

    private mutating func tell(_ batches: [Batch], isNamed: Bool) {
        var all: [Told] = []
        for batch in batches {
            var order = ""
            for line in batch.lines.map(LogLine.init) {
                order = line.stamp ?? order
                all.append(
                    Told(
                        label: batch.file.label,
                        line: line,
                        order: order,
                        position: all.count
                    )
                )
            }
        }
        if batches.count > 1 { all.sort { ($0.order, $0.position) < ($1.order, $1.position) } }
        for told in all { tell(told, isNamed: isNamed) }
    }

    private mutating func tell(_ told: Told, isNamed: Bool) {
        hasPrinted = true
        let label = isNamed ? "\(told.label)  " : ""
        let time = told.line.stamp.map { words(for: $0) + "  " } ?? ""
        print(label + time + told.line.text.printable)
    }

    private mutating func words(for stamp: String) -> String {
        if stamp != lastTime.stamp {
            let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
            let words = (try? style.parse(stamp)).map { Wording.time($0, in: zone) }
            lastTime = (stamp, words ?? stamp)
        }
        return lastTime.words
    }
}
