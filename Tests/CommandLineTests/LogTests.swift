// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Client
import Foundation
import Testing
import Vocabulary

@Suite final class `A log` {
    private let state = NSTemporaryDirectory() + "logs-\(UUID().uuidString.prefix(8))"
    private let folder: String

    init() throws {
        folder = state + "/logs/iris/default"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: state) }

    private func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    }

    private func append(_ text: String, to name: String) throws {
        let handle = try #require(FileHandle(forWritingAtPath: "\(folder)/\(name)"))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(text.utf8))
        try handle.close()
    }

    @Test func `is found by its endpoint, in order of ordinal`() throws {
        for name in ["10.log", "2.log", "1.log", "notes.txt"] { try write("x\n", to: name) }
        let iris = try BusyServer.name("iris")

        let files = LogFile.all(of: iris, state: state)

        #expect(files.map(\.label) == ["default/1", "default/2", "default/10"])
        #expect(files[0].path == folder + "/1.log")
    }

    @Test func `shows its last lines, then what is added, each line once and whole`() throws {
        try write("one\ntwo\nthree\nfo", to: "1.log")
        var tail = LogTail(path: folder + "/1.log")

        let last = tail.last(2)
        try append("ur\nfive\n", to: "1.log")
        let added = tail.newLines()

        #expect(last == ["two", "three"])
        #expect(added == ["four", "five"])
        #expect(tail.newLines().isEmpty)
    }

    @Test func `is read from its beginning when it is cut short`() throws {
        try write("a long first line\n", to: "1.log")
        var tail = LogTail(path: folder + "/1.log")
        _ = tail.last(1)

        let handle = try #require(FileHandle(forWritingAtPath: folder + "/1.log"))
        try handle.truncate(atOffset: 0)
        try handle.write(contentsOf: Data("new\n".utf8))

        #expect(tail.newLines() == ["new"])
    }

    @Test func `is read from its beginning when another file takes its place`() throws {
        try write("old\n", to: "1.log")
        var tail = LogTail(path: folder + "/1.log")
        _ = tail.last(1)
        try write("a new file, longer than the old\n", to: "next")

        try FileManager.default.removeItem(atPath: folder + "/1.log")
        try FileManager.default.moveItem(atPath: folder + "/next", toPath: folder + "/1.log")

        #expect(tail.newLines() == ["a new file, longer than the old"])
    }

    @Test func `need not be there yet`() throws {
        var tail = LogTail(path: folder + "/7.log")

        let before = tail.newLines()
        try write("first\n", to: "7.log")

        #expect(before.isEmpty)
        #expect(tail.newLines() == ["first"])
    }

    @Test func `is named where there is more than one, and made printable`() throws {
        try write("from one\n", to: "1.log")
        try write("\u{1b}[2Jfrom two\n", to: "2.log")
        var lines: [String] = []
        var reader = LogReader(lines: 10) { lines.append($0) }

        reader.add(LogFile.all(of: try BusyServer.name("iris"), state: state))
        try append("more\n", to: "1.log")
        reader.printNews()

        #expect(
            lines == [
                "default/1  from one", "default/2  \\u{1b}[2Jfrom two", "default/1  more",
            ]
        )
    }
}
