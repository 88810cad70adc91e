// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The table of faults, row by row, and the tests that bear its numbers.
///
/// | rows | what fails | tested in |
/// |---|---|---|
/// | 1 | a scorer is killed | `test_fault_scorer.py`, `test_kills.py` |
/// | 2 | native code crashes | `test_fault_scorer.py`, `test_fault_python.py` |
/// | 3 | all scorers are killed at once | `test_fault_scorer.py` |
/// | 4 | a scorer is stopped | `test_fault_scorer.py`, `test_fault_python.py`, `TimeTests` |
/// | 5 | a model loops for ever | `test_fault_python.py`, `TimeTests` |
/// | 6 | a scorer forks away, or becomes a daemon | `FaultTests` |
/// | 7 | a fork bomb | `FaultTests` |
/// | 8 | too much memory | `FaultTests` |
/// | 9 | a scorer exits at its start | `test_fault_starts.py`, `RestartTests` |
/// | 10 | a scorer does not stay | `test_fault_starts.py`, `RestartTests` |
/// | 11 | a new revision never gets ready | `test_fault_revisions.py`, `RolloutTests` |
/// | 12 | a new revision fails | `test_rollouts.py`, `FailureTests` |
/// | 13 | a revision takes another's place | `test_fault_revisions.py`, `test_rollouts.py` |
/// | 14 | an upgrade while recovery has the reserve | `test_fault_nodes.py` |
/// | 15 | a scorer scribbles | `LaneStress/run`, `LaneHonestyTests`, `test_fault_scorer.py` |
/// | 16 | a scorer answers others, twice, late | the same |
/// | 17 | a wake storm | `test_isolation.py` |
/// | 18 | a model loads for long | `test_fault_revisions.py`, `test_probes.py` |
/// | 20 | the supervisor is killed | `test_fault_server.py`, `test_kills.py` |
/// | 21 | another copy of the program takes over | `test_fault_server.py` |
/// | 22 | the server is told to leave | `test_fault_server.py` |
/// | 23 | a kill in the middle of a write | `test_fault_server.py`, `KillTests` |
/// | 24 | no room on the disk | `test_full_disk.py`, `test_fault_builds.py` |
/// | 25 | no descriptor left | `test_bad_luck.py` |
/// | 26 | a disk that fails or is read-only | `test_fault_machine.py` |
/// | 27 | somebody sets the clock | `test_fault_machine.py` |
/// | 28 | no processor time | `test_fault_machine.py` |
/// | 31 | a client goes | `test_long_bodies.py` |
/// | 32 | a build is killed | `test_fault_builds.py`, `BuildKillTests` |
/// | 33 | a build hangs | `test_fault_builds.py`, `HelperProcessTests` |
/// | 34 | a node is lost or says nothing | `test_fault_nodes.py`, `test_fault_silence.py`, `SilenceTests` |
/// | 35 | a flood of log | `FaultTests` |
/// | 36 | many kills and restarts | `test_isolation.py` |
/// | 37 | a pid is used again | `FaultTests` |
/// | 38 | a control group is changed or removed | `FaultTests` |
@Suite struct `The table of faults` {
    /// Rows that have a test of their own.
    static let rows = Array(1...18) + Array(20...28) + Array(31...38)

    /// Names of tests that say a row's number: in Swift and in a shell `row 5: ...`, in Python
    /// `test_fault_5_...` or `test_row_5_...`, after the number that a list of a file's own gives.
    static func numbered() throws -> [Int: [String]] {
        var found: [Int: [String]] = [:]
        let folder = `The house`.root.appendingPathComponent("Tests")
        let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        for path in paths.sorted() where isSource(path) {
            let text = try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8)
            for line in text.split(separator: "\n") {
                guard let row = row(in: line) else { continue }
                found[row, default: []].append("\(path): \(line)")
            }
        }
        return found
    }

    private static func isSource(_ path: String) -> Bool {
        path.hasSuffix(".swift") || path.hasSuffix(".py") || path == "LaneStress/run"
    }

    /// The number that a line's test is about; nothing for any other line.
    static func row(in line: Substring) -> Int? {
        let swift = line.firstMatch(of: /^ *(?:@Test )?func `row (\d+):\s/)
        let python = line.firstMatch(of: /^ *def test_(?:(?:\d+_)?fault|row)_(\d+)_\w+\(/)
        let shell = line.firstMatch(of: /^ *run "row (\d+):\s/)
        return (swift?.1 ?? python?.1 ?? shell?.1).flatMap { Int($0) }
    }

    @Test func `has a test for each of its rows that bears its number`() throws {
        let numbered = try Self.numbered()

        for row in Self.rows {
            #expect(numbered[row]?.isEmpty == false, "no test's name says 'row \(row): '")
        }
    }

    @Test func `tells the name of a test from other words`() {
        #expect(Self.row(in: "    @Test func `row 15: noise ends a lane`() throws {") == 15)
        #expect(Self.row(in: "    func `row 16: an answer to another`(") == 16)
        #expect(Self.row(in: "    def test_fault_3_all_at_once(self) -> None:") == 3)
        #expect(Self.row(in: "    run \"row 15: a scorer that scribbles\" ./program") == 15)
        #expect(Self.row(in: "    func `row 7, for a hard link`() throws {") == nil)
        #expect(Self.row(in: "    def test_row_36_leaves(self) -> None:") == 36)
        #expect(Self.row(in: "    def test_27_fault_25_none(self) -> None:") == 25)
        #expect(Self.row(in: "    def test_07_row_35_what_could(self) -> None:") == nil)
        #expect(Self.row(in: "  #expect(\"func `row 7: \")") == nil)
        #expect(Self.row(in: "    // see func `a row 7: here`") == nil)
    }
}
