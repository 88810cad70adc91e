// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import RequestQueue

/// The name of a request within a script.
typealias Label = String

/// A request that was posted, and what has come back of it so far.
struct Asked {
    /// Who reads its answer.
    enum Reader {
        /// Each part is taken over as it comes.
        case quick
        /// No part is taken over before a step says so.
        case slow
    }

    let ticket: Ticket
    /// What the answer of an echo must be.
    let body: [UInt8]
    let deadline: UInt64
    var reader: Reader
    var isWithdrawn = false
    /// Parts of its answer that have come, and how many of them were taken over.
    var parts = 0
    var read = 0
    /// How it ended.
    var outcome: Completion.Outcome?
    var status = 0
    var answer: [UInt8] = []

    /// Whether its slot has come back.
    var isOver: Bool { outcome != nil && outcome != .part }
    /// Whether it was answered to the end.
    var isAnswered: Bool { outcome == .answer || outcome == .last }

    /// What has become of it, as the end of a sentence.
    var words: String {
        switch outcome {
        case .answer, .last: "it was answered with \(status)"
        case .declined: "it was declined"
        case .pong: "it was answered like a ping"
        case .part: "\(parts) of its parts came"
        case nil: "nothing came"
        }
    }
}
