// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Vocabulary

/// Patience with a server that is there and does not listen yet: one that begins, or is being
/// replaced by another version of itself.
///
/// The number of the server's process stands in its lock and stays the same through a handover.
struct ServerWait {
    /// How long it may be away.
    static let longest = Duration.seconds(10)
    private static let pause = Duration.milliseconds(50)

    /// The lock of its state folder.
    let lock: String
    /// Whether the same may be asked twice: what was lost on its way may have been done.
    let isRepeatable: Bool

    /// The answer of the server, which is asked again while it is away.
    func answer(
        to exchange: HTTPExchange,
        at peer: HTTPExchange.Peer
    ) async throws(Problem) -> HTTPExchange.Answer {
        let clock = ContinuousClock()
        let end = clock.now + Self.longest
        while true {
            do throws(Problem) {
                return try await exchange.ask(peer)
            } catch {
                guard mayAskAgain(after: error), clock.now < end, isServerAlive,
                    (try? await Task.sleep(for: Self.pause)) != nil
                else { throw error }
            }
        }
    }

    /// Where nobody listened nothing was sent.
    private func mayAskAgain(after problem: Problem) -> Bool {
        problem.code == "noServer" || (isRepeatable && problem.code == "connectionLost")
    }

    private var isServerAlive: Bool {
        guard let text = try? String(contentsOfFile: lock, encoding: .utf8),
            let pid = Int32(text.prefix { $0 != "\n" }), pid > 0
        else { return false }
        return kill(pid, 0) == 0 || errno == EPERM
    }
}
