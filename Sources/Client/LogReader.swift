// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Vocabulary

/// Several logs read as one: each line once, told with its log where there is more than one.
public struct LogReader {
    private let lines: Int
    private let print: (String) -> Void
    private var tails: [(file: LogFile, tail: LogTail)] = []

    /// Makes a reader that shows the last `lines` of each log it is given, then what is added.
    public init(lines: Int, print: @escaping (String) -> Void) {
        self.lines = lines
        self.print = print
    }

    /// Takes up the logs that it does not know yet.
    public mutating func add(_ files: [LogFile]) {
        let new = files.filter { file in !tails.contains { $0.file == file } }
        let isNamed = tails.count + new.count > 1
        for file in new {
            var tail = LogTail(path: file.path)
            for line in tail.last(lines) { tell(line, of: file, isNamed: isNamed) }
            tails.append((file, tail))
        }
    }

    /// Prints what was written since.
    public mutating func printNews() {
        for index in tails.indices {
            for line in tails[index].tail.newLines() {
                tell(line, of: tails[index].file, isNamed: tails.count > 1)
            }
        }
    }

    private func tell(_ line: String, of file: LogFile, isNamed: Bool) {
        print(isNamed ? "\(file.label)  \(line.printable)" : line.printable)
    }
}
