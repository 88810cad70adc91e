// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Whether a client sends fast enough to be worth a connection.
struct ConnectionPace {
    /// What to think of a client.
    enum Verdict: Equatable {
        case well
        /// It said nothing for too long, or does not hang up.
        case silent
        /// It began a request and does not finish its head.
        case slowHead
        /// It sends a body by drops.
        case slowBody
    }

    static let headLimit = Duration.seconds(10)
    static let idleLimit = Duration.seconds(75)
    static let lingerLimit = Duration.seconds(2)
    /// In each span of this length a body must come at `bytesPerSecond` at least: what came before
    /// buys no silence.
    static let bodyGrace = Duration.seconds(10)
    static let bytesPerSecond: Int64 = 500

    /// When the present state began: the wait for a head, its first byte, or a span of the body.
    private var since: Moment
    private var isHeadBegun = false
    private var hasServed = false
    private var isLingering = false
    /// What came of the body since then.
    private var bodyBytes: Int64 = 0

    init(at now: Moment) {
        since = now
    }

    /// Bytes came while no request was being read: a head has begun.
    mutating func touch(at now: Moment) {
        guard !isHeadBegun else { return }
        isHeadBegun = true
        since = now
    }

    mutating func beginBody(at now: Moment) {
        isHeadBegun = false
        since = now
        bodyBytes = 0
    }

    mutating func count(_ bytes: Int) { bodyBytes += Int64(bytes) }

    mutating func endRequest(at now: Moment) {
        hasServed = true
        isHeadBegun = false
        since = now
    }

    mutating func linger(at now: Moment) {
        isLingering = true
        since = now
    }

    /// Shape: `isOurTurn` while a whole request waits for its answer: then time is ours, not the
    /// client's.
    mutating func judge(at now: Moment, isReadingBody: Bool, isOurTurn: Bool) -> Verdict {
        let elapsed = now - since
        if isLingering { return elapsed > Self.lingerLimit ? .silent : .well }
        if isReadingBody {
            guard elapsed > Self.bodyGrace else { return .well }
            let due = Self.bytesPerSecond * (elapsed.nanosecondsSaturated / 1_000_000_000)
            if bodyBytes < due { return .slowBody }
            since = now
            bodyBytes = 0
            return .well
        }
        if isHeadBegun { return elapsed > Self.headLimit ? .slowHead : .well }
        if isOurTurn {
            since = now
            return .well
        }
        return elapsed > (hasServed ? Self.idleLimit : Self.headLimit) ? .silent : .well
    }
}
