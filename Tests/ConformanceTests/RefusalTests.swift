// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Conformance

@Suite struct `Answers that are refusals` {
    private let words = Array("no list".utf8)

    @Test func `are told where there is nothing else, with the last`() {
        var refusals = Refusals()
        #expect(refusals.notice == nil)

        refusals.note(status: 415, answer: words)
        refusals.note(status: 400, answer: words)

        #expect(refusals.notice?.contains("the last 400, 'no list'") == true)
        #expect(refusals.notice?.contains("--request-file") == true)
    }

    @Test func `are not told beside an answer that is none`() {
        var refusals = Refusals()

        refusals.note(status: 400, answer: words)
        refusals.note(status: 200, answer: words)

        #expect(refusals.notice == nil)
    }
}

@Suite struct `Header lines` {
    @Test(arguments: ["", "a: b\n", "a: b\nc:\n", "a:\tb", "x-1_2: \u{e9}\n"])
    func `of HTTP have no fault`(head: String) {
        #expect(HeaderLines.fault(in: Array(head.utf8)) == nil)
    }

    @Test(arguments: [
        ("a: b\r\n", "control byte"), ("a b: c\n", "name with a byte"), ("json\n", "no colon"),
        (": x\n", "no name"), ("a: \u{0}\n", "control byte"), ("a: b\n\n", "no colon"),
        (String(repeating: "a: b\n", count: 65), "more than 64"),
    ])
    func `that are none are told with their fault`(head: String, fault: String) {
        #expect(HeaderLines.fault(in: Array(head.utf8))?.contains(fault) == true)
    }
}
