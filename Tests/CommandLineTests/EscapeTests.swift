// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Vocabulary

@testable import scorekeeper

@Suite struct `A way out` {
    private let plain = EscapeAttempt("read", "read", .files)
    private let lie = EscapeAttempt("lie", "lie", .lane, .ends)
    private let seenOutside = EscapeAttempt("send", "send", .network, .answers, .reached("udp"))

    private func verdict(
        _ attempt: EscapeAttempt,
        _ answer: String? = nil,
        end: String? = nil,
        evidence: Bool? = nil,
        isPromised: Bool = true
    ) -> EscapeVerdict {
        let seen = EscapeObservation(
            answer: answer.flatMap { EscapeAnswer("\($0)\n-\nwords\n") },
            end: end,
            evidence: evidence
        )
        return EscapeVerdict(attempt, seen, isPromised: isPromised)
    }

    @Test func `is held where it was refused, bounded, or led to nothing`() {
        for answer in ["refused", "nothing", "bounded"] {
            #expect(verdict(plain, answer) == .held)
            #expect(verdict(plain, answer, isPromised: false) == .held)
        }
    }

    @Test func `that worked got out, unless the level never promised otherwise`() {
        #expect(verdict(plain, "through") == .gotOut)
        #expect(verdict(plain, "through", isPromised: false) == .notPromised)
    }

    @Test func `is judged by what is seen outside, not by what its scorer says`() {
        #expect(verdict(seenOutside, "through", evidence: false) == .held)
        #expect(verdict(seenOutside, "refused", evidence: true) == .gotOut)
        #expect(verdict(seenOutside, end: "crashed", evidence: true) == .gotOut)
    }

    @Test func `by a lie is held where the run was ended, and only there`() {
        #expect(verdict(lie, end: "the scorer answered twice") == .held)
        #expect(verdict(lie, "through") == .gotOut)
        #expect(verdict(lie) == .unclear)
    }

    @Test func `that was not tried shows nothing`() {
        #expect(verdict(plain, "absent") == .absent)
        #expect(verdict(plain, end: "was ended by signal 11") == .unclear)
        #expect(verdict(plain) == .unclear)
    }

    @Test func `is told in the words of what stopped it`() {
        let circumstances = IsolationPromise.Circumstances(
            hasOwnUser: true,
            landlock: 7,
            hasNetwork: false
        )
        func words(_ attempt: EscapeAttempt, _ seen: EscapeObservation) -> String {
            EscapeOutcome(attempt, seen, at: .sandbox, circumstances).words
        }
        let end =
            "the gateway threw the lane of run a/default/1#1 away: the scorer answered twice; "
            + "then it was ended by signal 9"

        #expect(
            words(plain, EscapeObservation(answer: EscapeAnswer("refused\nEPERM\n\n")))
                == "refused (EPERM)"
        )
        #expect(
            words(plain, EscapeObservation(answer: EscapeAnswer("through\n-\nthe secret\n")))
                == "GOT OUT: the secret"
        )
        #expect(words(lie, EscapeObservation(end: end)) == "ended by us: the scorer answered twice")
    }
}

@Suite struct `The list of ways out` {
    @Test func `is the same in the command and in the program that carries it out`() throws {
        let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let header = here.appendingPathComponent("../../Sources/EscapeScorer/attempts.h")
        let text = try String(contentsOf: header, encoding: .utf8)
        let known = text.matches(of: /X\((\w+)\)/).map { String($0.1) }.filter { $0 != "name" }

        #expect(Set(known) == Set(EscapeAttempt.all.map(\.word)))
    }

    @Test func `has more than forty, each of its own name`() {
        #expect(EscapeAttempt.all.count > 40)
        #expect(Set(EscapeAttempt.all.map(\.word)).count == EscapeAttempt.all.count)
        #expect(Set(EscapeAttempt.all.map(\.text)).count == EscapeAttempt.all.count)
    }

    @Test func `leaves no promise untried`() {
        #expect(Set(EscapeAttempt.all.map(\.promise)) == Set(IsolationPromise.allCases))
    }
}

@Suite struct `An escape test's report` {
    private func course(_ answers: [String], noticed: [String] = []) -> EscapeCourse {
        let circumstances = IsolationPromise.Circumstances(
            hasOwnUser: true,
            landlock: 7,
            hasNetwork: false
        )
        var course = EscapeCourse(level: .sandbox)
        course.outcomes = answers.enumerated().map { number, answer in
            EscapeOutcome(
                EscapeAttempt.all[number],
                EscapeObservation(answer: EscapeAnswer("\(answer)\nEPERM\nwords\n")),
                at: .sandbox,
                circumstances
            )
        }
        course.noticed = noticed
        return course
    }

    @Test func `is good where nothing got out and nobody noticed`() {
        #expect(EscapeReport(courses: [course(["refused", "nothing"])]).isGood)
        #expect(!EscapeReport(courses: [course(["refused", "through"])]).isGood)
        #expect(!EscapeReport(courses: [course(["refused"], noticed: ["the victim died"])]).isGood)
    }

    @Test func `is good where neighbours noticed what the level does not keep from them`() {
        var disturbed = course(["refused"], noticed: ["node-1 was started again"])
        disturbed.isPeacePromised = false

        #expect(EscapeReport(courses: [disturbed]).isGood)
        #expect(
            EscapeReport(courses: [disturbed]).lines.last
                == "  noticed, not promised: node-1 was started again"
        )
    }

    @Test func `is not good where nothing was tried`() {
        let absent = EscapeCourse(level: .limited, absence: ["there is no writable cgroup"])

        #expect(!EscapeReport(courses: [absent]).isGood)
        #expect(EscapeReport(courses: [absent, course(["refused"])]).isGood)
        #expect(
            EscapeReport(courses: [absent]).lines.last
                == "limited: not offered here: there is no writable cgroup"
        )
    }
}
