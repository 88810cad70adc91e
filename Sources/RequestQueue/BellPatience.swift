// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// How long a lane's socket is left alone when its bell rings for nothing.
///
/// A scorer can ring as often as it likes; what that may cost us is decided here. A bell is for
/// something that was found before it was read, or with it: whoever looks at the lane for another
/// reason finds what the bell was for. After eight bells in a row for nothing the socket rests for
/// 1 ms, then twice as long each time, up to 64 ms, while the lane is looked at by timer. One bell for
/// something ends it.
public struct BellPatience: Hashable, Sendable {
    private static let freeWakes = 8
    private static let longestDoubling = 6

    private var emptyWakes = 0
    /// Times that something was found, and no bell was read for it yet.
    private var unclaimed = 0

    /// Makes full patience.
    public init() {}

    /// Notes that something was there, whatever made us look.
    public mutating func foundSomething() {
        unclaimed = min(unclaimed + 1, Self.freeWakes)
    }

    /// Notes that a bell woke us, after what was found with it.
    public mutating func woke() {
        emptyWakes = unclaimed > 0 ? 0 : emptyWakes + 1
        unclaimed = max(unclaimed - 1, 0)
    }

    /// How long to leave the socket alone now; nothing while patience lasts.
    public var rest: Duration? {
        guard emptyWakes >= Self.freeWakes else { return nil }
        return .milliseconds(1 << min(emptyWakes - Self.freeWakes, Self.longestDoubling))
    }
}
