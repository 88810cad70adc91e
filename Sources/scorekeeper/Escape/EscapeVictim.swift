// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Client
import Foundation
import Vocabulary

/// Asks the victim one request after the other, and keeps what was not answered right.
actor EscapeVictim {
    private static let mostTold = 5
    private static let pause: Duration = .milliseconds(20)

    private(set) var answered = 0
    private(set) var wrong: [String] = []

    /// Asks until its task is cancelled.
    func ask(_ url: String) async {
        while !Task.isCancelled {
            let body = "victim's request \(answered + wrong.count)"
            if let complaint = await Self.complaint(url, body) {
                if wrong.count < Self.mostTold { wrong.append(complaint) }
            } else {
                answered += 1
            }
            try? await Task.sleep(for: Self.pause)
        }
    }

    /// Why the answer is not what it should be: the body in reverse.
    private static func complaint(_ url: String, _ body: String) async -> String? {
        do throws(Problem) {
            let call = try ScoringCall(
                url: url,
                body: Data(body.utf8),
                contentType: "application/json",
                deployment: nil
            )
            let answer = try await call.send()
            let text = String(decoding: answer.body, as: UTF8.self)
            if answer.status == 200, text == String(body.reversed()) { return nil }
            return "a request of the victim's was answered \(answer.status): \(text.prefix(200))"
        } catch {
            return Task.isCancelled ? nil : "a request of the victim's failed: \(error)"
        }
    }
}
