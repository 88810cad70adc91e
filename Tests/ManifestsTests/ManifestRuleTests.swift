// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Vocabulary

@testable import Manifests

@Suite struct `The rules of documents` {
    private func read(_ text: String, _ kind: ManifestKind) -> Findings {
        ManifestReader.read(Array(text.utf8), file: "d.yml", in: ".", as: kind).findings
    }

    @Test(arguments: ManifestRule.all)
    func `are each broken alone by a document, which is told where and what to do`(
        rule: ManifestRule
    ) {
        let problems = read(rule.document, rule.kind).problems

        #expect(places(problems) == [rule.place])
        #expect(
            problems.first?.remedy.contains(rule.advice) == true
                || (rule.advice.isEmpty && problems.first?.remedy.isEmpty == false),
            "\(problems.first?.description ?? "nothing is told")"
        )
    }

    @Test(arguments: ManifestKind.allCases)
    func `are kept by the documents that the broken ones begin as`(kind: ManifestKind) {
        #expect(read(ManifestRule.base(kind), kind).problems == [])
    }

    @Test func `are listed on their page, each with its number, as the table has them`() throws {
        if ProcessInfo.processInfo.environment["SCOREKEEPER_UPDATE_FIXTURES"] == "1" {
            try RulesPage.text.write(to: RulesPage.file, atomically: true, encoding: .utf8)
            Issue.record("wrote the page")
        }

        let page = try String(contentsOf: RulesPage.file, encoding: .utf8)

        #expect(page == RulesPage.text)
    }

    @Test func `are more than sixty, no two alike`() {
        let names = Set(ManifestRule.all.map(\.testDescription))

        #expect(names.count > 60)
        #expect(names.count == ManifestRule.all.count)
    }
}
