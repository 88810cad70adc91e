// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CScorerABI
import Foundation
import ScorerKit
import Testing
import Vocabulary
import Wire

@testable import RequestQueue

/// A lane and the scorer at its other end, on the test's own thread.
private struct Bench {
    let lane: Lane
    let scorer: Scorer
    private let end: Descriptor

    init() throws {
        let ends = try makeEnds()
        lane = try makeLane(ends.near, calls: 1, ahead: 7)
        scorer = try Scorer(socket: ends.far.number)
        end = ends.far
    }

    func post(_ body: [UInt8], type: String? = "application/json") throws {
        let type = type.map { "content-type: \($0)\n" } ?? ""
        _ = try lane.post(body, head: "POST /score\n\(type)", sharing: true)
    }

    func post(_ body: String, type: String? = "application/json") throws {
        try post(Array(body.utf8), type: type)
    }

    /// What became of the first of two requests, the second of which is good.
    func refusal(of body: [UInt8], type: String?, thenTaking good: String) throws -> Refused {
        try post(body, type: type)
        try post(good)
        let taken = try #require(try scorer.take())
        try #require(taken.body == Array(good.utf8))
        try taken.answer(Answer([]))
        return try Refused(try #require(try lane.drained().first))
    }
}

/// The library's own answer.
private struct Refused {
    let status: Int
    let code: String
    let message: String

    init(_ seen: Seen) throws {
        struct Body: Decodable {
            struct Fault: Decodable {
                var code: String
                var message: String
            }
            var error: Fault
        }
        #expect(seen.head == "content-type: application/json\n")
        let body = try JSONDecoder().decode(Body.self, from: Data(seen.body))
        (status, code, message) = (seen.status, body.error.code, body.error.message)
    }
}

private func bytes<Element: BitwiseCopyable>(_ elements: [Element]) -> [UInt8] {
    elements.withUnsafeBytes { Array($0) }
}

@Suite(.timeLimit(.minutes(1))) struct `A scorer that expects a tensor` {
    private let bench: Bench

    init() throws { bench = try Bench() }

    private func taken<Element: TensorElement>(_: Element.Type) throws -> (Int, [Element]) {
        let request = try #require(try bench.scorer.take())
        let elements = request.withTensor(of: Element.self) { Array($0) }
        let rows = request.rows
        try request.answer(Answer([]))
        return (rows, elements)
    }

    @Test func `is handed elements, out of JSON and out of raw bytes`() throws {
        try bench.scorer.expect(TensorForm(Float.self, [nil, 2]))
        let wanted: [Float] = [1, -2.5, 300, 0.1]
        for text in [
            "[[1, -2.5], [3e2, 0.1]]", #"{"input_data": [[1, -2.5], [3e2, 0.1]]}"#,
            #" {"inputs":[[1,-2.5],[300.0,0.1]]}"#, #"{"instances":[[1,-2.5],[300,1e-1]]} "#,
        ] {
            try bench.post(text)
            let (rows, elements) = try taken(Float.self)
            #expect(rows == 2)
            #expect(elements == wanted, "\(text)")
        }
        try bench.post(bytes(wanted), type: "application/octet-stream")
        let (rows, elements) = try taken(Float.self)
        #expect(rows == 2)
        #expect(elements == wanted)
    }

    @Test func `is handed each kind of element`() throws {
        func check<Element: TensorElement & Equatable>(
            _ text: String,
            _ wanted: [Element]
        ) throws {
            let bench = try Bench()
            try bench.scorer.expect(TensorForm(Element.self, [nil]))
            try bench.post(text)
            try bench.post(bytes(wanted), type: "application/octet-stream")
            for _ in 0..<2 {
                let request = try #require(try bench.scorer.take())
                #expect(request.rows == wanted.count)
                #expect(request.withTensor(of: Element.self) { Array($0) } == wanted)
                try request.answer(Answer([]))
            }
        }
        try check("[0.1, -0.0, 1e-7]", [0.1, -0.0, 1e-7])
        try check(
            "[1e-300, 4.9e-324, 0.1000000000000000055511151231257827021181583404541015625]",
            [1e-300, Double.leastNonzeroMagnitude, 0.1]
        )
        try check("[9223372036854775807, -9223372036854775808]", [Int64.max, .min])
        try check("[0.1, 16777216]", [Float(0.1), 16_777_216])
        try check("[-999999999999999999, 5]", [Int64(-999_999_999_999_999_999), 5])
        try check("[-2147483648, 7]", [Int32.min, 7])
        try check("[-32768, 7, 9]", [Int16.min, 7, 9])
        try check("[-128, 7, 127]", [Int8.min, 7, .max])
        try check("[0, 999999999999999999]", [UInt64(0), 999_999_999_999_999_999])
        try check("[4294967295, 1]", [UInt32.max, 1])
        try check("[65535, 1, 2]", [UInt16.max, 1, 2])
        try check("[255, 1, 2]", [UInt8.max, 1, 2])
    }

    @Test func `is handed a body of its own memory too`() throws {
        try bench.scorer.expect(TensorForm(Double.self, [nil]))
        let wanted = (0..<40_000).map { Double($0) / 8 }

        try bench.post("[" + wanted.map { "\($0)" }.joined(separator: ",") + "]")
        #expect(try taken(Double.self).1 == wanted)
        try bench.post(bytes(wanted), type: "application/octet-stream")
        #expect(try taken(Double.self).1 == wanted)
    }

    @Test(arguments: [
        ("[[1, 2], [3]]", "byte 12"), ("[[1, 2], [3, 4, 5]]", "byte 18"), ("[1, 2]", "byte 1"),
        ("[[1, \"2\"]]", "byte 5"), ("[[1, null]]", "byte 5"), ("[]", "byte 1"),
        ("[[1, 2]] 3", "something stands behind the value at byte 9"),
        ("[[1, 2]", "a ',' or ']' is missing at byte 7"),
        ("[[1, 1e39]]", "byte 9"), (#"{"input": [[1, 2]]}"#, "byte 9"),
        (#"{"input_data": [[1, 2]], "input_data": [[1, 2]]}"#, "byte"),
        (#"{"input_data": [[1, 2]], "params": {}}"#, "byte"), ("", "a value is missing at byte 0"),
    ])
    func `refuses JSON that is none, and says where`(text: String, place: String) throws {
        try bench.scorer.expect(TensorForm(Float.self, [nil, 2]))

        let refused = try bench.refusal(
            of: Array(text.utf8),
            type: "application/json",
            thenTaking: "[[1, 2]]"
        )

        #expect(refused.status == 400)
        #expect(refused.code == "BadRequest")
        #expect(refused.message.contains(place), "\(refused.message)")
        #expect(refused.message.contains("; send "))
    }

    @Test(arguments: [0, 7, 12]) func `refuses bytes that do not fit`(count: Int) throws {
        try bench.scorer.expect(TensorForm(Float.self, [nil, 2]))

        let refused = try bench.refusal(
            of: [UInt8](repeating: 0, count: count),
            type: "application/octet-stream",
            thenTaking: "[[1, 2]]"
        )

        #expect(refused.status == 400)
        #expect(refused.message.hasPrefix("the body has \(count) bytes"))
        #expect(refused.message.hasSuffix("float32 elements of shape [n, 2]"))
    }

    @Test(arguments: [
        nil, "text/csv", "application/jsonx", "application/json; charset=latin-1",
    ])
    func `refuses another content type`(type: String?) throws {
        try bench.scorer.expect(TensorForm(Float.self, [nil, 2]))

        let refused = try bench.refusal(
            of: Array("[[1, 2]]".utf8),
            type: type,
            thenTaking: "[[1, 2]]"
        )

        #expect(refused.status == 415)
        #expect(refused.message.contains(type ?? "the request has no Content-Type"))
        #expect(refused.message.contains("application/octet-stream with float32 elements"))
    }

    @Test func `shows the good ones of a batch alone`() throws {
        try bench.scorer.expect(TensorForm(Double.self, [nil]))
        for body in ["[1]", "[x]", "[2]", "{}", "[3]"] { try bench.post(body) }

        let taken = try bench.scorer.take(most: 8)
        for request in taken { try request.answer(Answer([])) }

        #expect(taken.map { String(decoding: $0.body, as: UTF8.self) } == ["[1]", "[2]", "[3]"])
        #expect(try bench.lane.drained().map(\.status) == [400, 400, 200, 200, 200])
        #expect(bench.lane.credit == 8)
    }

    @Test(arguments: [[], [nil, nil], [0], [-1], Array(repeating: 1, count: 9)] as [[Int?]])
    func `cannot expect such a shape`(shape: [Int?]) throws {
        #expect(throws: ScorerError.misused) {
            try bench.scorer.expect(TensorForm(Float.self, shape))
        }
    }
}

@Suite(.timeLimit(.minutes(1))) struct `A scorer that expects JSON` {
    private let bench: Bench

    init() throws {
        bench = try Bench()
        try bench.scorer.expectJSON()
    }

    @Test(arguments: [
        "null", " true ", "-0.5E+7", "\"\"", "[]", "{}", #"{"a": [1, {"b": null}], "c": "é"}"#,
        #""\u00e9\ud83d\ude00\n\/""#, "[[[]],{}]", "0", "-0", "1e400",
        String(repeating: "[", count: 100) + String(repeating: "]", count: 100),
    ])
    func `takes what is JSON`(text: String) throws {
        try bench.post(text, type: "Application/JSON ; charset=\"UTF-8\"")
        let request = try #require(try bench.scorer.take())

        #expect(request.body == Array(text.utf8))
        try request.answer(Answer([]))
    }

    @Test(arguments: [
        "", " ", "nul", "nulll", "tru", "01", "-", "1.", ".5", "1e", "+1", "NaN", "Infinity", "'a'",
        "\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"", "\"\t\"",
        "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{", "{\"a\"}", "{\"a\":}", "{\"a\":1,}",
        "{a:1}", "{1:1}", "{\"a\":1 \"b\":2}", "[1}", "{\"a\":1]", "1 2", "[] []", "/**/1",
        "\u{feff}1",
        String(repeating: "[", count: 101) + String(repeating: "]", count: 101),
    ])
    func `refuses what is none`(text: String) throws {
        let refused = try bench.refusal(
            of: Array(text.utf8),
            type: "application/json",
            thenTaking: "{}"
        )

        #expect(refused.status == 400)
        #expect(refused.message.hasPrefix("the body is not JSON: "), "\(refused.message)")
    }

    @Test(
        arguments: [
            [0x22, 0xff, 0x22], [0x22, 0xc0, 0x80, 0x22], [0x22, 0xed, 0xa0, 0x80, 0x22],
            [0x22, 0xe2, 0x82, 0x22], [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22], [0x30, 0x00],
            [0xff, 0xfe, 0x31, 0x00],
        ] as [[UInt8]]
    )
    func `refuses what is not UTF-8`(body: [UInt8]) throws {
        let refused = try bench.refusal(of: body, type: "application/json", thenTaking: "{}")

        #expect(refused.status == 400)
    }
}

@Suite(.timeLimit(.minutes(1))) struct `A request in the kit` {
    private let bench: Bench

    init() throws { bench = try Bench() }

    private func taken(_ head: String = "POST /score?a=b\n") throws -> Request {
        _ = try bench.lane.post("body", head: head)
        return try #require(try bench.scorer.take())
    }

    @Test func `shows its line, its fields and its time`() throws {
        let head = "POST /score?a=b\ncontent-type: text/plain\nx-empty:\nx: y: z\n"
        let request = try taken(head)

        #expect(request.line == "POST /score?a=b")
        #expect(request.header("content-type") == "text/plain")
        #expect(request.header("x") == "y: z")
        #expect(request.header("x-empty") == "")
        #expect(request.header("post /score?a=b") == nil)
        #expect(request.header("content") == nil)
        #expect(request.timeLeft == nil)
        try request.answer(Answer([]))
    }

    @Test func `that is refused says why, in JSON`() throws {
        let request = try taken()
        let text = "no \"rows\"\\\n\u{1} é; send some"

        try request.fail(Refusal(422, text))

        let refused = try Refused(try #require(try bench.lane.drained().first))
        #expect(refused.status == 422)
        #expect(refused.code == "UnfitRequest")
        #expect(refused.message == text)
    }

    @Test func `is refused in few words and by a status that says so`() throws {
        let request = try taken()
        #expect(throws: ScorerError.misused) { try request.fail(Refusal(302, "elsewhere")) }

        let longest = String(repeating: "\u{1}", count: 3_000)
        try request.fail(Refusal(599, longest))

        let refused = try Refused(try #require(try bench.lane.drained().first))
        #expect(refused.message.count < 2_001)
        #expect(refused.code == "ScorerFailed")
    }

    @Test func `that is let go is answered all the same`() throws {
        _ = try taken()
        let whole = try Refused(try #require(try bench.lane.drained().first))
        #expect(whole.status == 500)

        let request = try taken()
        let isWanted = try request.send(part: Answer(Array("a".utf8)))
        #expect(isWanted)
        try request.finish()
        #expect(try bench.lane.drained().map(\.outcome) == [.part, .last])
        #expect(throws: ScorerError.misused) { try request.answer(Answer([])) }
    }

    @Test func `whose first part nobody wants can be finished`() throws {
        let ticket = try bench.lane.post("body", head: "POST /score\n")
        let request = try #require(try bench.scorer.take())
        #expect(bench.lane.cancel(ticket) == .begun)

        let isWanted = try request.send(part: Answer([1]))
        #expect(!isWanted)
        #expect(request.isCancelled)
        try request.finish()

        #expect(try bench.lane.drained().map(\.outcome) == [.answer])
        #expect(bench.lane.credit == 8)
    }

    @Test func `whose first part nobody wants ends by its last part in C`() throws {
        let ends = try makeEnds()
        let lane = try makeLane(ends.near)
        let scorer = try HonestScorer(ends.far)
        let ticket = try lane.post("body")
        var request = try scorer.take()

        #expect(scorer.last(&request, "too early") == SCORER_MISUSED)
        #expect(lane.cancel(ticket) == .begun)
        #expect(scorer.part(&request, "a") == SCORER_CANCELLED)
        #expect(scorer.last(&request, "b") == SCORER_OK)

        #expect(try lane.drained().map(\.outcome) == [.answer])
    }
}
