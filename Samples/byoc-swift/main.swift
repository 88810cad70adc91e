// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Reads a text aloud: its words as server-sent events, each in a part of its own.
import ScorerKit

let scorer = try Scorer()

try scorer.serve { request in
    let text = String(decoding: request.body, as: UTF8.self)
    let words = text.split { !$0.isLetter && !$0.isNumber }
    guard !words.isEmpty else {
        throw Refusal(400, "the body has no words; send a text in UTF-8")
    }
    for word in words {
        let event = "data: \(word)\n\n"
        let isWanted = try request.send(part: Answer(Array(event.utf8), type: "text/event-stream"))
        guard isWanted else { break }
        try scorer.count("words_read_total")
    }
    try request.finish()
    return nil
}
