// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Conformance

/// Which sentence each bad scorer breaks, and it alone.
private let broken: [String: Int] = [
    "never_attaches": 1,
    "never_ready": 2,
    "answers_untaken": 3,
    "dies_taking": 3,
    "dies_writing": 4,
    "answers_twice": 5,
    "answers_anothers_ticket": 6,
    "swaps_answers": 6,
    "answers_outside_its_area": 7,
    "lies_about_a_length": 7,
    "cuts_at_a_page": 8,
    "gives_a_bad_status": 9,
    "ends_before_it_began": 10,
    "jumps_done": 11,
    "declines_at_will": 12,
    "sends_descriptors": 13,
    "sends_garbage": 13,
    "answers_two_dozen": 14,
    "sleeps_on_waiting_requests": 15,
    "dies_of_an_empty_body": 16,
    "dies_beyond_a_page": 17,
    "dies_of_a_full_area": 18,
    "ignores_bodies_apart": 19,
    "dies_of_long_bodies": 20,
    "dies_of_the_longest_body": 21,
    "dies_of_odd_heads": 22,
    "sends_too_many_parts": 23,
    "waits_for_every_part": 24,
    "forgets_one_of_a_batch": 25,
    "has_fewer_threads": 26,
    "begins_withdrawn": 27,
    "keeps_withdrawn_slots": 28,
    "drops_cancelled": 29,
    "begins_late": 30,
    "ignores_pings": 31,
    "forgets_ready": 32,
    "waits_for_an_old_reader": 33,
    "disowns_what_waited": 34,
    "fears_what_killed_it": 35,
    "counts_before_it_writes": 36,
    "ignores_drain": 37,
    "leaves_with_another_status": 38,
    "drops_what_waits": 39,
    "outlives_its_gateway": 40,
    "leaks_a_slot": 41,
    "keeps_long_bodies": 42,
    "rings_without_end": 43,
    "gives_lines_without_a_colon": 44,
]

@Suite struct `A bad scorer` {
    @Test(arguments: BuiltScorers.bad)
    func `breaks the one sentence that it is about`(name: String) throws {
        let number = try #require(broken[name], "no sentence is named for '\(name)'")
        var settings = ConformanceSettings()
        settings.patience = .seconds(4)
        settings.requests = 1_000
        settings.largest = 2 << 20

        let report = try play("Tests/Conformance/bad/\(name).c", settings)

        #expect(report.broken == [number], "\(report.lines.joined(separator: "\n"))")
    }

    @Test func `that gives no header lines is told the line that it gave`() throws {
        var settings = ConformanceSettings()
        settings.patience = .seconds(4)

        let report = try play("Tests/Conformance/bad/gives_lines_without_a_colon.c", settings)

        let seen = report.sentences.last?.seen ?? ""
        #expect(seen.hasPrefix("its header line 'json' has no colon"), "\(seen)")
    }

    @Test func `is there for every line of the table`() {
        #expect(BuiltScorers.bad == broken.keys.sorted())
    }

    @Test func `is there for every sentence`() {
        #expect(Set(broken.values).sorted() == Sentence.all.map(\.name.rawValue))
    }
}

@Suite struct `A good scorer` {
    @Test(arguments: ["honest", "threads", "batches"])
    func `keeps every sentence`(name: String) throws {
        var settings = ConformanceSettings()
        settings.requests = 2_000

        let report = try play("Tests/Conformance/\(name).c", settings)

        #expect(report.broken.isEmpty, "\(report.lines.joined(separator: "\n"))")
        #expect(report.sentences.allSatisfy { $0.verdict != "not reached" })
        // What is not about this one: calls at once, calls that are shared.
        let others = report.sentences.filter { $0.verdict == "not applicable" }.map(\.number)
        #expect(others == ["honest": [25, 26], "threads": [25], "batches": [26]][name])
    }

    @Test func `with one thread breaks the promise of several calls, and no other`() throws {
        var settings = ConformanceSettings()
        settings.patience = .seconds(4)
        settings.requests = 1_000
        settings.calls = 2

        let report = try play("Tests/Conformance/honest.c", settings)

        #expect(report.broken == [26])
    }

    @Test func `that is no echo is caught when an echo was promised`() throws {
        var settings = ConformanceSettings()
        settings.requests = 1_000
        settings.answers = .echo

        let report = try play("Tests/Conformance/doubles.c", settings)

        #expect(report.broken == [8])
    }

    @Test func `that is no echo keeps every sentence that is about it`() throws {
        var settings = ConformanceSettings()
        settings.requests = 1_000

        let report = try play("Tests/Conformance/doubles.c", settings)

        #expect(report.broken.isEmpty, "\(report.lines.joined(separator: "\n"))")
        #expect(report.sentences[7].verdict == "not applicable")
    }
}

/// Plays a scorer in C.
private func play(
    _ source: String,
    _ settings: ConformanceSettings
) throws -> ConformanceReport {
    Conformance(try BuiltScorers.program(source), settings).play()
}
