// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The rules of the house that can be read from the text of its sources.
@Suite struct `The house` {
    /// Each target's level.
    ///
    /// An arrow may only point to a lower one.
    static let levels: [String: Int] = [
        "CHTTPRead": 0, "CLinux": 0, "CScorerABI": 0, "CLaunch": 0, "CLibYAML": 0, "CLibArchive": 0,
        "CLibSeccomp": 0, "CScorerKit": 0,
        "Vocabulary": 1, "ScorerKit": 1, "AnswerComparison": 1,
        "Wire": 2, "Manifests": 2, "Rulebook": 2, "RequestDispatch": 2, "Logbook": 2,
        "ControlAPI": 3,
        "RequestQueue": 3, "Processes": 3, "EnvironmentBuilder": 3, "ModelStore": 3, "Ledger": 3,
        "Gateway": 4, "ControlPlane": 4, "Simulation": 4, "Conformance": 4,
        "Supervisor": 5, "Client": 5,
        "scorekeeper": 6,
    ]

    /// Decisions may know neither clocks nor Foundation.
    static let pure = ["Vocabulary", "Rulebook", "RequestDispatch", "AnswerComparison"]

    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func sources(_ endings: [String] = ["swift"]) throws -> [URL] {
        let folder = root.appendingPathComponent("Sources")
        let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        return paths.sorted().map { folder.appendingPathComponent($0) }
            .filter { endings.contains($0.pathExtension) }
    }

    static func target(of file: URL) -> String {
        let parts = file.path.dropFirst(root.path.count).split(separator: "/")
        return String(parts[1])
    }

    static func imports(in file: URL) throws -> [String] {
        try String(contentsOf: file, encoding: .utf8)
            .split(separator: "\n")
            .filter { $0.contains("import ") && !$0.hasPrefix("//") && !$0.hasPrefix(" ") }
            .compactMap { line in
                let words = line.split(separator: " ")
                guard let position = words.firstIndex(of: "import"), position + 1 < words.count
                else {
                    return nil
                }
                return String(words[position + 1].split(separator: ".")[0])
            }
    }

    @Test func `has arrows between targets that point down only`() throws {
        for file in try Self.sources() {
            let target = Self.target(of: file)
            let level = try #require(Self.levels[target], "target '\(target)' has no level")
            for imported in try Self.imports(in: file) {
                guard let other = Self.levels[imported] else { continue }
                #expect(other < level, "\(file.lastPathComponent): \(target) imports \(imported)")
            }
        }
    }

    @Test func `keeps Foundation, clocks and concurrency out of its decisions`() throws {
        for file in try Self.sources() where Self.pure.contains(Self.target(of: file)) {
            let imports = try Self.imports(in: file)
            let text = try String(contentsOf: file, encoding: .utf8)
            for foreign in ["Foundation", "Glibc", "Dispatch", "CLinux"] {
                #expect(!imports.contains(foreign), "\(file.lastPathComponent) imports \(foreign)")
            }
            for word in ["ContinuousClock(", "SystemRandomNumberGenerator", " async ", "await "] {
                #expect(!text.contains(word), "\(file.lastPathComponent) says '\(word)'")
            }
        }
    }

    @Test func `puts product and licence above every source`() throws {
        for file in try Self.sources(["swift", "c", "h", "py"]) {
            let head = try String(contentsOf: file, encoding: .utf8).prefix(400)
            #expect(
                head.contains("Scorekeeper: a model-serving supervisor."),
                "\(file.lastPathComponent) does not name the product"
            )
            #expect(
                head.contains("SPDX-License-Identifier: Apache-2.0"),
                "\(file.lastPathComponent) does not name the licence"
            )
        }
    }

    @Test func `has no file that has outgrown one idea`() throws {
        for file in try Self.sources(["swift", "c", "py"]) {
            let lines = try String(contentsOf: file, encoding: .utf8).split(
                separator: "\n",
                omittingEmptySubsequences: false
            )
            #expect(lines.count <= 600, "\(file.lastPathComponent) has \(lines.count) lines")
        }
    }

    @Test func `never forces its way past an error`() throws {
        for file in try Self.sources() {
            let text = try String(contentsOf: file, encoding: .utf8)
            #expect(!text.contains("try!"), "\(file.lastPathComponent) says try!")
            #expect(!text.contains(" as! "), "\(file.lastPathComponent) says as!")
        }
    }
}
