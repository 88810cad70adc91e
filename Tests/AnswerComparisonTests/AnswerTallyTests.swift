// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import AnswerComparison
import Testing

@Suite struct `A tally of answers` {
    private func tally(
        _ pairs: [(String, String)],
        tolerance: Double = 0
    ) -> AnswerTally {
        var tally = AnswerTally()
        for (first, second) in pairs {
            tally.add(
                AnswerDifference(answer(first), answer(second), tolerance: tolerance)
            )
        }
        return tally
    }

    private func answer(
        _ body: String?,
        status: Int = 200,
        microseconds: UInt64 = 1
    ) -> ComparedAnswer {
        ComparedAnswer(
            status: status,
            body: body.map { Array($0.utf8) },
            microseconds: microseconds
        )
    }

    @Test func `takes numbers for what they mean and members in any order`() {
        let tally = tally([
            (#"{"a": 1, "b": [1.50, 2]}"#, #"{"b":[1.5,2.0],"a":1e0}"#),
            (#"["\u00e9\n\ud83d\ude00"]"#, "[\"\u{e9}\\n\u{1f600}\"]"),
            ("[NaN, -Infinity]", "[NaN, -Infinity]"),
        ])

        #expect(tally.equal == 3)
        #expect(tally.different == 0)
        #expect(tally.outputs["b[]"]?.largestDifference == 0)
    }

    @Test func `finds the largest difference of each output`() {
        let tally = tally([
            (#"{"p": [1, 2.5], "q": 10}"#, #"{"p": [1, 2.25], "q": 10}"#),
            (#"{"p": [3, 4], "q": 10}"#, #"{"p": [3, 5], "q": 12}"#),
            ("9223372036854775807", "-9223372036854775808"),
        ])

        #expect(tally.different == 3)
        #expect(tally.outputs["p[]"]?.largestDifference == 1)
        #expect(tally.outputs["p[]"]?.compared == 4)
        #expect(tally.outputs["p[]"]?.differing == 2)
        #expect(tally.outputs["q"]?.largestDifference == 2)
        #expect(tally.outputs["$"]?.largestDifference == 18_446_744_073_709_551_615)
    }

    @Test func `counts as equal what differs by no more than it may`() {
        let tally = tally(
            [("[100.0]", "[100.9]"), ("[100.0]", "[102.0]"), ("[0]", "[NaN]")],
            tolerance: 0.01
        )

        #expect(tally.equal == 1)
        #expect(tally.different == 2)
        #expect(tally.outputs["[]"]?.largestDifference == 2)
        #expect(tally.outputs["[]"]?.differing == 2)
    }

    @Test func `sees what appeared and what went`() {
        let tally = tally([
            (#"{"a": 1, "b": 2}"#, #"{"a": 1, "c": {"d": 3}}"#), ("[1, 2, 3]", "[1]"),
            (#"[{"x": 1}]"#, #"[{"x": 1, "y": 2}]"#),
        ])

        #expect(tally.different == 3)
        #expect(tally.outputs["b"]?.went == 1)
        #expect(tally.outputs["c"]?.appeared == 1)
        #expect(tally.outputs["[]"]?.went == 2)
        #expect(tally.outputs["[].y"]?.appeared == 1)
        #expect(tally.outputs["a"]?.differing == 0)
    }

    @Test(arguments: [
        ("plain", "plain", true), ("plain", "Plain", false), ("{\"a\":1}", "{\"a\":1", false),
        ("[1] ", "[1]", true), ("[1]x", "[1]", false), ("\"a\"", "\"b\"", false),
        ("1", "\"1\"", false), ("null", "false", false), ("", "", true),
    ])
    func `compares byte by byte what is not JSON on both sides`(
        first: String,
        second: String,
        isEqual: Bool
    ) {
        #expect(tally([(first, second)]).equal == (isEqual ? 1 : 0))
    }

    @Test func `tells statuses that differ, and pairs that lack a body`() {
        var tally = AnswerTally()

        tally.add(AnswerDifference(answer("1"), answer("1", status: 500)))
        tally.add(AnswerDifference(answer("1"), answer("1", status: 500)))
        tally.add(AnswerDifference(answer("1"), answer(nil)))
        tally.skip()

        #expect(tally.different == 2)
        #expect(tally.uncompared == 2)
        #expect(tally.pairs == 4)
        #expect(tally.statuses.map(\.statuses.second) == [500])
        #expect(tally.statuses.map(\.count) == [2])
    }

    @Test func `knows medians and tails to within a fifth`() {
        var tally = AnswerTally()
        for microseconds in 1...1_000 as ClosedRange<UInt64> {
            tally.add(
                AnswerDifference(
                    answer("1", microseconds: microseconds),
                    answer("1", microseconds: 10 * microseconds)
                )
            )
        }

        let median = tally.firstLatencies.percentile(50)
        let tail = tally.secondLatencies.percentile(95)

        #expect(median.map { (500...600).contains($0) } == true, "\(String(describing: median))")
        #expect(tail.map { (9_500...11_400).contains($0) } == true, "\(String(describing: tail))")
        #expect(AnswerTally().firstLatencies.percentile(50) == nil)
    }

    @Test func `stays small whatever the answers' fields are called`() {
        var tally = AnswerTally()
        for turn in 0..<100 {
            let long = String(repeating: "\\u0001x", count: 300)
            let members = (0..<100).map { "\"\(turn)-\($0)\(long)\": 1" }.joined(separator: ",")
            tally.add(AnswerDifference(answer("{\(members)}"), answer("{}")))
        }

        #expect(tally.different == 100)
        #expect(tally.outputs.count == 128)
        #expect(tally.outputs.keys.allSatisfy { $0.utf8.count <= 120 && !$0.contains("\u{1}") })
    }

    @Test func `does not follow a body into the depths`() {
        let deep = String(repeating: "[", count: 100_000)
        let tally = tally([(deep, deep), (deep, deep + "]")])

        #expect(tally.equal == 1)
        #expect(tally.different == 1)
    }
}
