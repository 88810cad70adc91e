// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The list of bad input, row by row, and the tests that bear its numbers.
@Suite struct `The list of bad input` {
    /// Rows about models, archives, documents, HTTP and JSON; the others concern what is not served
    /// yet.
    ///
    /// Row 33 is Triton's `config.pbtxt` and row 34 a Dockerfile: both kinds of input are refused
    /// whole, by their kind, before a line of them is read.
    static let rows = Array(1...32) + Array(35...40) + [43, 44]

    /// Names of tests that say a row's number: in Swift `row 5, ...`, in Python `test_row_5_...`.
    static func numbered() throws -> [Int: [String]] {
        var found: [Int: [String]] = [:]
        let folder = `The house`.root.appendingPathComponent("Tests")
        let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        for path in paths.sorted() where path.hasSuffix(".swift") || path.hasSuffix(".py") {
            let text = try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8)
            for line in text.split(separator: "\n") {
                guard let row = row(in: line) else { continue }
                found[row, default: []].append("\(path): \(line)")
            }
        }
        return found
    }

    /// The number that a line's test is about; nothing for any other line.
    static func row(in line: Substring) -> Int? {
        let swift = line.firstMatch(of: /func `row (\d+),/)
        let python = line.firstMatch(of: /^ *def test_(?:\w*_)?row_(\d+)_\w+\(/)
        return (swift?.1 ?? python?.1).flatMap { Int($0) }
    }

    @Test func `has a test for each of its rows that bears its number`() throws {
        let numbered = try Self.numbered()

        for row in Self.rows {
            #expect(numbered[row]?.isEmpty == false, "no test's name says 'row \(row),'")
        }
    }

    @Test func `tells the name of a test from other words`() {
        #expect(Self.row(in: "    @Test func `row 7, for a hard link`() throws {") == 7)
        #expect(Self.row(in: "    func `row 29, what makes an installer`(") == 29)
        #expect(Self.row(in: "    def test_07_row_35_what_could(self) -> None:") == 35)
        #expect(Self.row(in: "    def test_row_40_deep(self) -> None:") == 40)
        #expect(Self.row(in: "    // see row 7, and func `a row 7, here`") == nil)
        #expect(Self.row(in: "ROW_35 = {") == nil)
    }
}
