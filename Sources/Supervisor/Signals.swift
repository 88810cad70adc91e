// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

@preconcurrency import Dispatch
import Glibc

/// The signals that ask a server to end: INT, TERM and HUP drain, a second one does not wait.
final class Signals: Sendable {
    private let sources: [any DispatchSourceSignal]

    /// Calls `wish` once for each such signal from now on.
    init(_ wish: @escaping @Sendable () -> Void) {
        // A peer that went away is told by the call's result, never by a signal.
        signal(SIGPIPE, SIG_IGN)
        sources = [SIGINT, SIGTERM, SIGHUP].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler(handler: wish)
            source.resume()
            return source
        }
    }

    deinit {
        sources.forEach { $0.cancel() }
    }
}
