// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// How many answers were refusals: a scorer that refuses every body has shown its refusals alone.
struct Refusals {
    private var answers = 0
    private var refusals = 0
    private var last = ""

    /// Counts an answer.
    mutating func note(status: Int, answer: [UInt8]) {
        answers += 1
        guard status >= 400 else { return }
        refusals += 1
        let text = String(decoding: answer.prefix(200), as: UTF8.self).printable
        last = text.isEmpty ? "\(status)" : "\(status), '\(text)'"
    }

    /// What the person should know; nothing where anything was scored.
    var notice: String? {
        guard answers > 0, refusals == answers else { return nil }
        return "every answer was a refusal, the last \(last): name a body that it understands with "
            + "--request-file and --content-type, so that its scoring is tried too"
    }
}
