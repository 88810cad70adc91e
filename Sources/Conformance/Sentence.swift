// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// One sentence about a scorer that keeps the contract, and how it is tried.
///
/// A sentence with a script is tried by it. One without is watched for: whatever is being tried, a
/// scorer that is caught at one of the lies that it `owns` breaks it.
struct Sentence: Sendable {
    /// Its number, which stays.
    let name: Name
    /// The sentence: the scorer does it.
    let words: String
    /// What its author can do about it.
    let remedy: String
    /// What must hold before this can be tried.
    let needs: [Name]
    /// What breaks it, whatever is being tried.
    var lies: Set<Lie> = []
    /// How it is tried.
    var script: [Step] = []

    /// What the sentences are about, in the order in which they are told.
    enum Chapter: String, Sendable, CaseIterable {
        case beginning = "Beginning"
        case answers = "Requests and answers"
        case sizes = "Sizes"
        case parts = "Answers in parts"
        case together = "Several at once"
        case withdrawal = "Cancels, deadlines, signs of life"
        case gateways = "Another gateway"
        case deaths = "Being killed"
        case leaving = "Leaving"
        case endurance = "Endurance"
        case heads = "Heads of answers"
    }
}

extension Sentence {
    /// The sentences by what they are about; the raw value is the number.
    enum Name: Int, Sendable, CaseIterable {
        case greeting = 1
        case ready, takes, answers, once, ownTicket, ownArea, sameBytes, status, outcome, counting
        case declining, packets, oneAfterAnother, waiting
        case small, page, fullArea, apart, mebibyte, largest, oddHead
        case parts, slowReader
        case batch, calls
        case withdrawn, slotBack, cancelInHand, deadline, ping
        case newGateway, oldAnswer
        case killedWaiting, killedInHand, killedAnswered
        case leaves, leavesWithZero, finishesFirst, socketEnd
        case slots, longBodies, bells
        case headerLines

        /// The chapter.
        var chapter: Chapter {
            switch self {
            case .greeting, .ready: .beginning
            case .takes, .answers, .once, .ownTicket, .ownArea, .sameBytes, .status, .outcome,
                .counting, .declining, .packets, .oneAfterAnother, .waiting:
                .answers
            case .small, .page, .fullArea, .apart, .mebibyte, .largest, .oddHead: .sizes
            case .parts, .slowReader: .parts
            case .batch, .calls: .together
            case .withdrawn, .slotBack, .cancelInHand, .deadline, .ping: .withdrawal
            case .newGateway, .oldAnswer: .gateways
            case .killedWaiting, .killedInHand, .killedAnswered: .deaths
            case .leaves, .leavesWithZero, .finishesFirst, .socketEnd: .leaving
            case .slots, .longBodies, .bells: .endurance
            case .headerLines: .heads
            }
        }
    }

    /// Every sentence, in the order of their numbers, which is the order of the play.
    static let all =
        beginning + answering + sizes + parts + together + withdrawal + lives + endurance
        + heads
}
