// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@testable import Manifests

@Suite struct `A YAML document` {
    private func read(_ text: String) -> (node: YAMLNode?, findings: Findings) {
        read(Array(text.utf8))
    }

    private func read(_ bytes: [UInt8]) -> (node: YAMLNode?, findings: Findings) {
        var findings = Findings()
        let node = YAMLReader.read(bytes, file: "m.yml", into: &findings)
        return (node, findings)
    }

    private func firstProblem(_ text: String) -> String {
        read(text).findings.problems.first.map { "\($0.code) \($0.location?.description ?? "-")" }
            ?? "none"
    }

    @Test func `keeps its scalars as they were written, each with its place`() throws {
        let text = "a: 1.10\nb:\n  - no\n  - 'null'\n  - 012\n"

        let node = try #require(read(text).node)

        #expect(node["a"]?.text == "1.10")
        #expect(node["a"]?.location.description == "m.yml:1:4")
        #expect(node["b"]?.elements?.map(\.text) == ["no", "null", "012"])
        #expect(node["b"]?.elements?[1].location.description == "m.yml:4:5")
    }

    @Test func `tells text, numbers, truth and null apart only when it is asked`() {
        #expect(YAMLScalar(text: "12", isPlain: true).integer == 12)
        #expect(YAMLScalar(text: "-12", isPlain: true).integer == -12)
        #expect(YAMLScalar(text: "012", isPlain: true).integer == nil)
        #expect(YAMLScalar(text: "1_000", isPlain: true).integer == nil)
        #expect(YAMLScalar(text: "12", isPlain: false).integer == nil)
        #expect(YAMLScalar(text: "no", isPlain: true).boolean == nil)
        #expect(YAMLScalar(text: "True", isPlain: true).boolean == true)
        #expect(YAMLScalar(text: "null", isPlain: false).isNull == false)
    }

    @Test func `copies what an alias stands for and places it where it is used`() throws {
        let node = try #require(read("a: &x [1, 2]\nb: *x\n").node)

        #expect(node["b"]?.elements?.map(\.text) == ["1", "2"])
        #expect(node["b"]?.location.line == 2)
    }

    @Test func `row 19, an alias bomb, is refused where it passes the limit`() {
        var text = "a: &a [x, x, x, x, x, x, x, x, x]\n"
        for (name, before) in zip("bcdefghi", "abcdefgh") {
            let items = Array(repeating: "*\(before)", count: 9).joined(separator: ", ")
            text += "\(name): &\(name) [\(items)]\n"
        }

        #expect(firstProblem(text) == "tooManyAliases m.yml:5:8")
    }

    @Test func `row 19, values multiplied by aliases, are counted as what they stand for`() {
        let wide = "a: &a [" + Array(repeating: "x", count: 2_000).joined(separator: ",") + "]\n"
        let uses = "b: [" + Array(repeating: "*a", count: 60).joined(separator: ",") + "]\n"

        #expect(firstProblem(wide + uses).hasPrefix("tooManyNodes m.yml:2:"))
    }

    @Test func `row 20, fifty thousand brackets, is refused at the sixty-fifth`() {
        #expect(firstProblem(String(repeating: "[", count: 50_000)) == "tooDeep m.yml:1:65")
        #expect(firstProblem(String(repeating: "{a: ", count: 50_000)) == "tooDeep m.yml:1:257")
    }

    @Test func `row 20, depth made of aliases, counts as depth`() {
        let nested = { (inside: String, depth: Int) in
            String(repeating: "[", count: depth) + inside + String(repeating: "]", count: depth)
        }

        #expect(firstProblem("a: &a \(nested("x", 40))\nb: \(nested("*a", 23))\n") == "none")
        #expect(
            firstProblem("a: &a \(nested("x", 40))\nb: \(nested("*a", 24))\n")
                == "tooDeep m.yml:2:28"
        )
    }

    @Test func `row 21, a key that stands twice, is refused by its second line`() {
        #expect(firstProblem("name: a\nflavors: {}\nname: b\n") == "duplicateKey m.yml:3:1")
    }

    @Test func `row 22, a tag that makes objects, is refused`() {
        let text = "a: !!python/object/apply:os.system ['id']\nb: !mine 1\n"
        let codes = read(text).findings.problems.map { "\($0.code) \($0.location?.line ?? 0)" }

        #expect(codes == ["tagNotAllowed 1", "tagNotAllowed 2"])
        #expect(read("a: !!str 12\n").node?["a"]?.scalar?.isPlain == false)
    }

    @Test func `row 23, an alias to itself or to nothing, is refused`() {
        #expect(firstProblem("a: &a [*a]\n") == "recursiveAlias m.yml:1:8")
        #expect(firstProblem("a: *b\n") == "undefinedAlias m.yml:1:4")
    }

    @Test func `row 24, a merge key, is refused, and a quoted one is a key`() {
        #expect(firstProblem("a: &a {x: 1}\nb:\n  <<: *a\n") == "mergeKey m.yml:3:3")
        #expect(read("'<<': 1\n").node?["<<"]?.text == "1")
    }

    @Test func `row 22, a directive that would give tags other names, is refused`() {
        #expect(
            firstProblem("%TAG !p! tag:yaml.org,2002:python/\n--- {}\n") == "directive m.yml:1:1"
        )
        #expect(firstProblem("a: 1\n...\n%YAML 1.2\n---\nb: 1\n") == "directive m.yml:3:1")
        #expect(firstProblem("a: |\n  %TAG\n") == "none")
    }

    @Test func `row 25, no document or several, is refused`() {
        #expect(firstProblem("") == "emptyDocument m.yml:1:1")
        #expect(firstProblem("# nothing\n") == "emptyDocument m.yml:1:1")
        #expect(firstProblem("---\n") == "emptyDocument m.yml:1:1")
        #expect(firstProblem("a: 1\n---\nb: 2\n") == "severalDocuments m.yml:2:1")
    }

    @Test func `row 26, another encoding than UTF-8, is refused, and a byte order mark is not`() {
        let codes = { (bytes: [UInt8]) in
            read(bytes).findings.problems.map { "\($0.code) \($0.location?.description ?? "")" }
        }

        #expect(codes([0xFF, 0xFE, 0x61, 0x00]) == ["encoding m.yml:1:1"])
        #expect(codes([0x61, 0x3A, 0x0A, 0x62, 0xE9, 0x0A]) == ["encoding m.yml:2:2"])
        #expect(codes(Array("a: b\u{1B}[31m\n".utf8)) == ["controlCharacter m.yml:1:5"])
        #expect(codes(Array("a: \"\\e[31m\"\n".utf8)) == ["controlCharacter m.yml:1:4"])
        #expect(codes([0x61, 0x3A, 0x20, 0x00]) == ["controlCharacter m.yml:1:4"])
        #expect(read([0xEF, 0xBB, 0xBF] + Array("a: b\n".utf8)).node?["a"]?.text == "b")
    }

    @Test func `row 28, more bytes than the limit, is refused before it is parsed`() {
        let scalar = [UInt8](repeating: UInt8(ascii: "x"), count: 20 << 20)

        #expect(read(scalar).findings.problems.map(\.code) == ["tooLarge"])
    }

    @Test func `says where its grammar breaks`() {
        #expect(firstProblem("a: 'x\n") == "syntax m.yml:2:1")
        #expect(firstProblem("a: [1\nb: 2\n").hasPrefix("syntax m.yml:2:"))
        #expect(firstProblem("\ta: 1\n").hasPrefix("syntax m.yml:1:1"))
    }

    @Test(arguments: ["\ta: 1\n", "ä: 1\nb:\n\tc: 1\n", "a:\n  b: |\n\tx\n"])
    func `calls a tab that indents a tab`(text: String) {
        let problem = read(Array(text.utf8)).findings.problems.first

        #expect(problem?.what == "a tab stands here, and YAML is indented with spaces alone")
        #expect(problem?.remedy == "write spaces in its place")
    }

    @Test(
        arguments: [
            ([0xFF, 0xFE, 0x61, 0x00], "UTF-16"), ([0xFE, 0xFF, 0x00, 0x61], "UTF-16"),
            ([0xFF, 0xFE, 0x00, 0x00, 0x61, 0x00, 0x00, 0x00], "UTF-32"),
            ([0x00, 0x00, 0xFE, 0xFF, 0x00, 0x00, 0x00, 0x61], "UTF-32"),
        ] as [([UInt8], String)]
    )
    func `names the encoding that another program wrote`(bytes: [UInt8], encoding: String) {
        #expect(read(bytes).findings.problems.first?.what == "'m.yml' is written in \(encoding)")
    }

    @Test func `collects all that is refused, up to a bound`() {
        let text = (0..<300).map { _ in "a: 1\n" }.joined()
        let findings = read(text).findings

        #expect(findings.problems.count == Findings.limit)
        #expect(findings.uncounted == 299 - Findings.limit)
    }

    @Test func `never brings the reader down, whatever bytes it is made of`() {
        let seed = Array(
            "a: &x [1, 'two', \"th\\tree\"]\nb: {c: *x, ? d : |\n  text\n}\n- !!str 5\n".utf8
        )
        var random = Mutations(seed: 7)
        for _ in 0..<2_000 {
            let (node, findings) = read(random.mutated(seed))
            #expect((node == nil) == !findings.isClean)
        }
    }
}
