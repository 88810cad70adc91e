// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import RequestQueue
import Testing

@testable import Conformance

@Suite struct `The sentences` {
    @Test func `are numbered in the order in which they are tried`() {
        #expect(Sentence.all.map(\.name.rawValue) == Array(1...Sentence.Name.allCases.count))
    }

    @Test func `need only what was tried before`() {
        for sentence in Sentence.all {
            for need in sentence.needs {
                #expect(need.rawValue < sentence.name.rawValue, "\(sentence.name) needs \(need)")
            }
        }
    }

    @Test func `are each tried or watched for`() {
        for sentence in Sentence.all {
            #expect(!sentence.script.isEmpty || !sentence.lies.isEmpty, "\(sentence.name)")
        }
    }

    @Test func `own every rule of the lane, each one alone`() {
        for rule in ProtocolViolation.Rule.allCases {
            #expect(Sentence.all.count { $0.lies.contains(.rule(rule)) } == 1, "\(rule)")
        }
    }

    @Test func `say what the scorer does and what to do about it`() {
        for sentence in Sentence.all {
            #expect(sentence.words.first?.isLowercase == true && !sentence.words.hasSuffix("."))
            #expect(sentence.remedy.first?.isLowercase == true && !sentence.remedy.hasSuffix("."))
        }
    }
}

@Suite struct `The proceedings` {
    private func sentences() -> [Sentence] {
        [
            Sentence(name: .ready, words: "r", remedy: "", needs: [], script: [.launch]),
            Sentence(
                name: .once,
                words: "o",
                remedy: "",
                needs: [.ready],
                lies: [.rule(.slotFree)]
            ),
            Sentence(name: .small, words: "s", remedy: "", needs: [.ready], script: [.begin]),
            Sentence(name: .page, words: "p", remedy: "", needs: [.small], script: [.begin]),
        ]
    }

    private func next(_ proceedings: inout Proceedings) throws -> Sentence {
        let sentence = proceedings.next()
        return try #require(sentence)
    }

    private func finish(_ proceedings: inout Proceedings) {
        while let sentence = proceedings.next() { proceedings.note(nil, in: sentence, note: "") }
    }

    @Test func `try what has a script, in order, and hold what nothing was seen of`() {
        var proceedings = Proceedings(sentences())

        var tried: [Sentence.Name] = []
        while let sentence = proceedings.next() { tried.append(sentence.name) }

        #expect(tried == [.ready, .small, .page])
        #expect(proceedings.verdicts[.once] == .held(note: ""))
    }

    @Test func `do not try what needs a broken sentence`() throws {
        var proceedings = Proceedings(sentences())

        let first = try next(&proceedings)
        proceedings.note(.broke("nothing came"), in: first, note: "")

        let second = proceedings.next()
        #expect(second == nil)
        #expect(proceedings.verdicts[.ready] == .broken(seen: "nothing came"))
        #expect(proceedings.verdicts[.once] == .notReached(why: "it needs sentence 2"))
        #expect(proceedings.verdicts[.page]?.word == "not reached")
    }

    @Test func `blame a lie on the sentence that it breaks`() throws {
        var proceedings = Proceedings(sentences())
        let first = try next(&proceedings)
        proceedings.note(nil, in: first, note: "")

        let second = try next(&proceedings)
        proceedings.note(.lied(.rule(.slotFree), "it answered twice"), in: second, note: "")
        finish(&proceedings)

        #expect(
            proceedings.verdicts[.once]
                == .broken(seen: "it answered twice, while sentence 16 was tried")
        )
        #expect(
            proceedings.verdicts[.small]
                == .notReached(why: "sentence 5 was broken while it was tried")
        )
        #expect(proceedings.verdicts[.page] == .notReached(why: "it needs sentence 16"))
    }

    @Test func `let a later lie break what held before`() throws {
        var watched = sentences()
        watched[1].script = [.begin]
        var proceedings = Proceedings(watched)
        for _ in 0..<3 {
            let sentence = try next(&proceedings)
            proceedings.note(nil, in: sentence, note: "")
        }

        let last = try next(&proceedings)
        proceedings.note(.lied(.rule(.slotFree), "it answered twice"), in: last, note: "")

        #expect(proceedings.verdicts[.once]?.isBroken == true)
    }

    @Test func `go on after what is not about this scorer`() throws {
        var proceedings = Proceedings(sentences())
        let first = try next(&proceedings)
        proceedings.note(nil, in: first, note: "")

        let second = try next(&proceedings)
        proceedings.note(.notApplicable("it is no echo"), in: second, note: "")

        #expect(try next(&proceedings).name == .page)
    }
}

@Suite struct `The count of bells` {
    @Test func `allows one for each sleep`() {
        var bells = BellCount()

        bells.arm()
        bells.heard(aBell: true)
        bells.disarm()
        bells.arm()
        bells.heard(aBell: true)

        #expect(!bells.isTooMany)
        bells.heard(aBell: true)
        #expect(bells.isTooMany)
    }

    @Test func `allows none while the gateway is awake`() {
        var bells = BellCount()

        bells.heard(aBell: true)

        #expect(bells.isTooMany)
    }

    @Test func `announces a sleep that nobody rang for but once`() {
        var bells = BellCount()

        bells.arm()
        bells.arm()

        #expect(bells.allowed == 1)
    }
}
