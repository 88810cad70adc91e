// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// How long a lane's socket is left alone when its bell rings for nothing.
///
/// A scorer can ring as often as it likes; what that may cost us is decided here. After eight empty
/// wakes in a row the socket rests for 1 ms, then twice as long each time, up to 64 ms, while the
/// lane is looked at by timer. One wake that finds something ends it.
public struct BellPatience: Hashable, Sendable {
    private static let freeWakes = 8
    private static let longestDoubling = 6

    private var emptyWakes = 0

    /// Makes full patience.
    public init() {}

    /// Notes that the socket woke us, and whether anything was there.
    public mutating func woke(toFindSomething isSomething: Bool) {
        emptyWakes = isSomething ? 0 : emptyWakes + 1
    }

    /// How long to leave the socket alone now; nothing while patience lasts.
    public var rest: Duration? {
        guard emptyWakes >= Self.freeWakes else { return nil }
        return .milliseconds(1 << min(emptyWakes - Self.freeWakes, Self.longestDoubling))
    }
}
