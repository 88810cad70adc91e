// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// Sizes; answers in parts; several at once.
extension Sentence {
    static let sizes = [
        Sentence(
            name: .small,
            words: "answers a request without a body, and one of a single byte",
            remedy: "do not look into a body before its length",
            needs: [.answers],
            script: [.begin] + ask("0", .bytes(0)) + ask("1", .bytes(1))
        ),
        Sentence(
            name: .page,
            words: "answers bodies around a page",
            remedy: "look for a buffer of 4,096 bytes",
            needs: [.answers],
            script: [.begin] + [4_095, 4_096, 4_097].flatMap { ask("\($0)", .bytes($0)) }
        ),
        Sentence(
            name: .fullArea,
            words: "answers a body that fills its area exactly",
            remedy: "body and head together may be as long as an area",
            needs: [.answers],
            script: [.begin] + ask("less", .area(plus: -1)) + ask("full", .area(plus: 0))
        ),
        Sentence(
            name: .apart,
            words: "answers a body that is longer than its area and comes in memory of its own",
            remedy: "map the descriptor that came with the ticket's packet; answer in parts",
            needs: [.answers],
            script: [.begin] + ask("more", .area(plus: 1)) + ask("twice", .areas(2))
        ),
        Sentence(
            name: .mebibyte,
            words: "answers a body of 1 MiB",
            remedy: "an answer longer than an area goes in parts, two unread at most",
            needs: [.apart],
            script: [.begin] + ask("a", .bytes(1 << 20))
        ),
        Sentence(
            name: .largest,
            words: "answers the longest body that may be sent",
            remedy: "answer 413 what is too long; --largest says how long it can get",
            needs: [.mebibyte],
            script: [.begin] + ask("a", .largest)
        ),
        Sentence(
            name: .oddHead,
            words: "answers a request whose head has odd bytes in it, or no header",
            remedy: "a head is bytes, not UTF-8; a value may be empty, long, or hold colons",
            needs: [.answers],
            script: [.begin] + ask("odd", .sample, .init(head: .odd))
                + ask("bare", .sample, .init(head: .bare))
        ),
    ]

    static let parts = [
        Sentence(
            name: .parts,
            words: "has two parts of an answer unread at most",
            remedy: "wait until read[slot] has grown before the third: scorer_part does",
            needs: [.apart],
            lies: [.rule(.tooManyParts)],
            script: [
                .begin, .post("a", .areas(4), .init(isReadSlowly: true)), .awaitParts("a", 2),
                .quiet, .readOn("a"), .awaitAnswer("a"),
            ]
        ),
        Sentence(
            name: .slowReader,
            words: "goes on with its answer when a slow reader has read a part",
            remedy: "look again for room when the bell rings: scorer_part waits for it",
            needs: [.parts],
            script: [
                .begin, .post("a", .areas(4), .init(isReadSlowly: true)), .awaitParts("a", 2),
                .read("a"), .awaitParts("a", 3), .quiet, .read("a"), .awaitParts("a", 4),
                .readOn("a"), .awaitAnswer("a"),
            ]
        ),
    ]

    static let together = [
        Sentence(
            name: .batch,
            words: "answers each of those that share a call",
            remedy: "answer every request that scorer_take_many gave",
            needs: [.waiting],
            script: [.begin, .freeze, .fill(.sharedCall), .thaw, .awaitAllAnswers]
        ),
        Sentence(
            name: .calls,
            words: "works on as many requests at once as it said, or was promised",
            remedy: "take with as many threads as scorer_threads was told",
            needs: [.waiting, .parts],
            script: [
                .begin, .occupyCalls, .post("quick"), .awaitAnswer("quick"), .readOnAll,
                .awaitAllAnswers,
            ]
        ),
    ]
}
