// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Manifests

@Suite struct `A JSON text` {
    private func text(_ json: String) -> String? { try? JSONReader.read(json).text }

    @Test(arguments: [
        ("null", "null"), (" [ ] ", "[]"), ("{ }", "{}"), ("-0.5e+3", "-0.5e+3"),
        ("[1,true,false]", "[1, true, false]"),
        ("{\"a\":{\"b\":[null]}}", "{\"a\": {\"b\": [null]}}"),
        ("\"\\u00e9\\n\\ud83d\\ude00\"", "\"é\\n😀\""),
        ("12345678901234567890", "12345678901234567890"),
    ])
    func `is read and written again`(_ json: String, _ expected: String) {
        #expect(text(json) == expected)
    }

    @Test(arguments: [
        "", " ", "nul", "[1,]", "[,1]", "{\"a\":1,}", "{a:1}", "{\"a\" 1}", "01", "1.", ".5", "+1",
        "-", "1e", "NaN", "Infinity", "'a'", "\"a", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"",
        "\"\\ud800\\u0041\"", "\"\n\"", "[1] 2", "[1", "{", "tru", "{\"a\":1,\"a\":2}",
    ])
    func `that breaks the grammar, is refused`(_ json: String) {
        #expect(text(json) == nil)
    }

    @Test func `row 40, ten thousand deep, is refused at its limit`() {
        #expect(text(String(repeating: "[", count: 10_000)) == nil)
        #expect(text(String(repeating: "[", count: 64) + String(repeating: "]", count: 64)) != nil)
        #expect(text(String(repeating: "[", count: 65) + String(repeating: "]", count: 65)) == nil)
    }

    @Test func `never brings the reader down, whatever it is made of`() {
        let seed = Array("{\"a\": [1.5e3, \"\\u00e9\\ud83d\\ude00\", null, {\"b\": true}]}".utf8)
        var random = Mutations(seed: 17)
        for _ in 0..<2_000 {
            let json = String(decoding: random.mutated(seed), as: UTF8.self)
            if let written = text(json) { #expect(text(written) == written) }
        }
    }
}
