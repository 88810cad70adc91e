// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Vocabulary

/// What a scorer told of its model, on its way to the supervisor: one a second at most, the newest.
///
/// A stranger's words: whoever tells without end costs the supervisor no more than that.
struct ToldFacts {
    static let pause = Duration.seconds(1)

    /// What was told last.
    private(set) var text = ""
    private var passedAt: Moment?
    private var isWaiting = false

    /// What to do with what was told.
    enum Verdict: Equatable {
        /// Nothing: it is known, or what waits will be passed on with it.
        case nothing
        /// Pass it on.
        case pass
        /// Come back with `due` after so long.
        case wait(Duration)
    }

    mutating func hear(_ text: String, at now: Moment) -> Verdict {
        guard text != self.text else { return .nothing }
        self.text = text
        if isWaiting { return .nothing }
        if let passedAt, now - passedAt < Self.pause {
            isWaiting = true
            return .wait(Self.pause - (now - passedAt))
        }
        passedAt = now
        return .pass
    }

    /// The wait is over: the newest is passed on now.
    mutating func due(at now: Moment) {
        isWaiting = false
        passedAt = now
    }
}

extension GatewayCore {
    /// Passes on to the supervisor what a scorer told.
    func pass(_ text: String, of station: LaneStation) {
        switch station.told.hear(text, at: now) {
        case .nothing: return
        case .pass: report(.told(station.run, text))
        case .wait(let pause):
            let bound = NIOLoopBound((core: self, station: station), eventLoop: loop)
            loop.scheduleTask(in: TimeAmount(pause)) {
                let (core, station) = bound.value
                station.told.due(at: core.refreshedNow())
                if !station.isEnded { core.report(.told(station.run, station.told.text)) }
            }
        }
    }
}
