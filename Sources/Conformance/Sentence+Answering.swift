// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// Beginning; requests and answers.
extension Sentence {
    static let beginning = [
        Sentence(
            name: .greeting,
            words: "takes the gateway's greeting",
            remedy: "attach to the socket on descriptor 3, or $SCOREKEEPER_LANE_FD: scorer_attach",
            needs: [],
            script: [.launch, .awaitGreetingTaken]
        ),
        Sentence(
            name: .ready,
            words: "says that it is ready",
            remedy: "call scorer_ready once the model is loaded, or scorer_failed with the reason",
            needs: [.greeting],
            script: [.awaitReady]
        ),
    ]

    static let answering = [
        Sentence(
            name: .takes,
            words: "takes a request that waits, and marks it as taken first",
            remedy: "store the ticket in taken[slot] before anything else: scorer_take",
            needs: [.ready],
            lies: [.untaken],
            // Two, so that the slot of the first stays free until all is settled: what comes for it
            // once more is then known to be a second answer.
            script: [.begin, .post("a"), .post("b", .bytes(90)), .awaitTaken("a"), .settle]
        ),
        Sentence(
            name: .answers,
            words: "answers what it took",
            remedy: "answer every request, with a 4xx if it is bad: scorer_answer",
            needs: [.takes],
            script: [.begin, .post("a"), .awaitAnswer("a")]
        ),
        Sentence(
            name: .once,
            words: "answers each request once",
            remedy: "a request is over with its answer: write one completion that ends it",
            needs: [.answers],
            lies: [.rule(.slotFree)],
            script: [.begin, .post("a"), .post("b", .bytes(90)), .awaitAllAnswers, .quiet]
        ),
        Sentence(
            name: .ownTicket,
            words: "answers each request under its own ticket and slot",
            remedy: "keep ticket and slot beside the request until it is answered",
            needs: [.answers],
            lies: [.rule(.wrongTicket), .rule(.slotOutOfRange), .anothersAnswer],
            script: [
                .begin, .post("a"), .post("b", .bytes(90)), .post("c", .bytes(80)),
                .awaitAllAnswers,
            ]
        ),
        Sentence(
            name: .ownArea,
            words: "keeps each answer inside the area of its request",
            remedy: "write to the slot's own answer area and say the length that was written",
            needs: [.answers],
            lies: [.rule(.outsideArea)]
        ),
        Sentence(
            name: .sameBytes,
            words: "answers with what it was asked, byte for byte",
            remedy: "compare lengths and copies; leave --answers echo out if it is no echo",
            needs: [.answers],
            lies: [.otherBytes],
            script: [.needEcho]
        ),
        Sentence(
            name: .status,
            words: "gives a status from 200 to 599",
            remedy: "pass the status that HTTP shall have",
            needs: [.answers],
            lies: [.rule(.wrongStatus)]
        ),
        Sentence(
            name: .outcome,
            words: "gives only outcomes that its request can have",
            remedy: "answer, or parts and a last one, for a request; a pong for a ping",
            needs: [.answers],
            lies: [.rule(.wrongOutcome)]
        ),
        Sentence(
            name: .counting,
            words: "counts one completion for each that it wrote",
            remedy: "write the entry of the ring, then store done, one more than before",
            needs: [.answers],
            lies: [.rule(.doneJumped)]
        ),
        Sentence(
            name: .declining,
            words: "declines only what was withdrawn or is late",
            remedy: "answer with 503 or 429 what it cannot do now: declined means never begun",
            needs: [.answers],
            lies: [.rule(.declinedUnasked)]
        ),
        Sentence(
            name: .packets,
            words: "sends only packets that the layout knows, and no descriptors",
            remedy: "leave the socket to libscorer; print to standard error, not to descriptor 3",
            needs: [.greeting],
            lies: [.rule(.badPacket), .descriptors]
        ),
        Sentence(
            name: .oneAfterAnother,
            words: "answers one request after another",
            remedy: "go back to taking after each answer",
            needs: [.answers],
            script: [.begin] + (0..<20).flatMap { ask("\($0)", .bytes(64 + $0)) }
        ),
        Sentence(
            name: .waiting,
            words: "takes every request that waits before it sleeps",
            remedy: "raise asleep, look at tail again, and only then sleep: scorer_take does",
            needs: [.oneAfterAnother],
            script: [.begin, .freeze, .fill(.slots), .thaw, .awaitAllAnswers, .expectNoneHeld]
        ),
    ]

    /// A request and its answer.
    static func ask(_ label: Label, _ body: Step.Body, _ manner: Step.Manner = .init()) -> [Step] {
        [.post(label, body, manner), .awaitAnswer(label)]
    }
}
