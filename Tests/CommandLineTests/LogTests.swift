// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Client
import ControlAPI
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
        var reader = LogReader(lines: 10, zone: .gmt) { lines.append($0) }

        reader.add(LogFile.all(of: try BusyServer.name("iris"), state: state))
        try append("more\n", to: "1.log")
        reader.printNews()

        #expect(
            lines == [
                "default/1  from one", "default/2  \\u{1b}[2Jfrom two", "default/1  more",
            ]
        )
    }

    @Test func `tells its times, and several are read in their order`() throws {
        let day = "2026-03-01T09:30"
        try write("\(day):00.250Z one\nwithout a time\n\(day):02.000Z three\n", to: "1.log")
        try write("\(day):01.000Z two\n", to: "2.log")
        var lines: [String] = []
        let zone = try #require(TimeZone(secondsFromGMT: 3_600))
        var reader = LogReader(lines: 10, zone: zone) { lines.append($0) }

        reader.add(LogFile.all(of: try BusyServer.name("iris"), state: state))

        #expect(
            lines == [
                "default/1  2026-03-01 10:30:00.250  one",
                "default/1  without a time",
                "default/2  2026-03-01 10:30:01.000  two",
                "default/1  2026-03-01 10:30:02.000  three",
            ]
        )
    }

    @Test func `of an instance that is gone is read where that is asked for`() throws {
        for name in ["1.log", "2.log"] { try write("x\n", to: name) }
        let iris = try Self.iris(instances: [2])

        let usual = try Self.choice("iris").files(under: state, of: iris, isAll: false)
        let all = try Self.choice("iris").files(under: state, of: iris, isAll: true)
        let named = try Self.choice("iris/default/1").files(under: state, of: iris, isAll: false)
        let alone = try Self.choice("iris/default").files(under: state, of: nil, isAll: false)

        #expect(usual.files.map(\.label) == ["default/2"])
        #expect(usual.gone == 1)
        #expect(all.files.map(\.label) == ["default/1", "default/2"])
        #expect(all.gone == 0)
        #expect(named.files.map(\.label) == ["default/1"])
        #expect(alone.files.count == 2)
    }

    @Test func `of a deployment that is not there is refused, and those that are there are named`()
        throws
    {
        let iris = try Self.iris(instances: [1])

        let problem = #expect(throws: Problem.self) {
            try Self.choice("iris/blu").files(under: state, of: iris, isAll: false)
        }

        #expect(problem?.kind == .notFound)
        #expect(problem?.description.contains("'iris/blu', but 'default'") == true)
        #expect(LogChoice("iris/default/0") == nil)
        #expect(LogChoice("my_iris") == nil)
    }

    private static func choice(_ text: String) throws -> LogChoice {
        try #require(LogChoice(text))
    }

    private static func iris(instances: [Int]) throws -> EndpointStatus {
        let status = try BusyServer.iris()
        var iris = status
        let instance = try #require(iris.deployments[0].instances.first)
        iris.deployments = [iris.deployments[0]]
        iris.deployments[0].instances = instances.map { ordinal in
            var one = instance
            one.id = InstanceID(key: instance.id.key, ordinal: ordinal)
            return one
        }
        return iris
    }
}
