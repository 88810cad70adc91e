// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// Cancels, deadlines and signs of life; another gateway; being killed; leaving; endurance.
extension Sentence {
    static let withdrawal = [
        Sentence(
            name: .withdrawn,
            words: "never begins a request that was withdrawn before it took it",
            remedy: "store taken, then read cancelled, both sequentially consistent: scorer_take",
            needs: [.answers],
            lies: [.rule(.begunAfterCancel)],
            script: [
                .begin, .freeze, .post("a"), .cancel("a"), .expectWithdrawn("a"), .post("b"),
                .thaw, .awaitAnswer("b"),
            ]
        ),
        Sentence(
            name: .slotBack,
            words: "gives the slot of a withdrawn request back",
            remedy: "complete it with declined: nobody else can free its slot",
            needs: [.withdrawn],
            script: [.begin, .freeze, .post("a"), .cancel("a"), .thaw, .awaitDeclined("a")]
        ),
        Sentence(
            name: .cancelInHand,
            words: "completes a request that was cancelled while it had it in hand",
            remedy: "look at scorer_is_cancelled between parts, and end with scorer_last",
            needs: [.apart],
            script: [
                .begin, .catchInHand("a"), .cancel("a"), .thaw, .awaitEnd("a"), .settle,
            ]
        ),
        Sentence(
            name: .deadline,
            words: "declines a request whose deadline is over",
            remedy: "compare the deadline with CLOCK_MONOTONIC before the work begins: scorer_take",
            needs: [.answers],
            script: [
                .begin, .freeze, .post("a", .sample, .init(isShort: true)), .awaitDeadline("a"),
                .thaw, .awaitDeclined("a"),
            ]
        ),
        Sentence(
            name: .ping,
            words: "answers a ping while it has nothing to do",
            remedy: "complete a request of kind ping with a pong, unseen: scorer_take does",
            needs: [.answers],
            script: [.begin, .ping("a"), .awaitPong("a"), .ping("b"), .awaitPong("b")]
        ),
    ]

    static let lives = [
        Sentence(
            name: .newGateway,
            words: "goes on with a new gateway's lane, and says ready again",
            remedy: "map what the second greeting brings and send ready for its generation",
            needs: [.answers],
            script: [.begin, .greetAgain, .awaitReady] + ask("a", .sample) + ask("b", .bytes(90))
        ),
        Sentence(
            name: .oldAnswer,
            words: "lets go of an answer that an earlier gateway will never read",
            remedy: "do not wait for room in the old lane once a new greeting has come",
            needs: [.newGateway, .parts],
            script: [
                .begin, .post("a", .areas(4), .init(isReadSlowly: true)), .awaitParts("a", 2),
                .greetAgain, .awaitReady, .post("b"), .awaitAnswer("b"),
            ]
        ),
        Sentence(
            name: .killedWaiting,
            words: "killed while a request waits: it is untaken and is answered by another run",
            remedy: "mark as taken what is begun, none in advance; rely on nothing of another run",
            needs: [.answers],
            script: [
                .begin, .freeze, .post("a"), .kill, .expectUntaken("a"), .begin, .post("a"),
                .awaitAnswer("a"),
            ]
        ),
        Sentence(
            name: .killedInHand,
            words: "killed with a request in hand: its lane is readable, another run answers",
            remedy: "write an entry whole before done counts it; rely on nothing of another run",
            needs: [.apart],
            script: [
                .begin, .catchInHand("a"), .kill, .quiet, .begin, .post("a"), .awaitAnswer("a"),
            ]
        ),
        Sentence(
            name: .killedAnswered,
            words: "killed after an answer: the answer is delivered",
            remedy: "write the answer, then its entry of the ring, then done",
            needs: [.answers],
            script: [.begin, .post("a"), .awaitUnread, .kill, .expectDelivered("a")]
        ),
        Sentence(
            name: .leaves,
            words: "leaves when it is told to and has nothing to do",
            remedy: "end the loop when scorer_take says SCORER_DRAINED",
            needs: [.ready],
            script: [.begin, .drain, .awaitExit(nil)]
        ),
        Sentence(
            name: .leavesWithZero,
            words: "leaves with status 0 when it was told to",
            remedy: "return 0 from main after SCORER_DRAINED",
            needs: [.leaves],
            script: [.begin, .drain, .awaitExit(0)]
        ),
        Sentence(
            name: .finishesFirst,
            words: "finishes what waits and what it has in hand before it leaves",
            remedy: "leave when the word came and nothing waits: scorer_take looks at both",
            needs: [.leaves, .waiting],
            script: [
                .begin, .freeze, .drain, .fill(.slots), .thaw, .awaitAllAnswers, .awaitExit(nil),
            ]
        ),
        Sentence(
            name: .socketEnd,
            words: "leaves when gateway and node are gone",
            remedy: "leave with status 4 when scorer_take says SCORER_GONE",
            needs: [.ready],
            script: [.begin, .hangUp, .awaitExit(nil)]
        ),
    ]

    static let endurance = [
        Sentence(
            name: .slots,
            words: "leaks no slot, however many requests come",
            remedy: "complete every request that was taken, on every way out of the work",
            needs: [.waiting],
            script: [.begin, .endure, .expectNoneHeld]
        ),
        Sentence(
            name: .longBodies,
            words: "lets the memory of long bodies go",
            remedy: "close the descriptor once it is mapped, and unmap it with the answer",
            needs: [.apart, .oneAfterAnother],
            script: [.begin, .repeatLongBody]
        ),
        Sentence(
            name: .bells,
            words: "rings once for each sleep that the gateway announced",
            remedy: "ring when armed is odd and was not rung for: scorer_answer does",
            needs: [.ready],
            lies: [.bells]
        ),
    ]
    static let heads = [
        Sentence(
            name: .headerLines,
            words: "gives header lines that are HTTP's",
            remedy: "end each line 'name: value' with a line feed, without a carriage return",
            needs: [.answers],
            lies: [.headerLines]
        )
    ]
}
