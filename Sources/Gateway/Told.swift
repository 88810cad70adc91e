// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary
import Wire

/// What a scorer tells, on its way to the supervisor: one a second at most, the newest.
///
/// A stranger's words: whoever tells without end costs the supervisor no more than that.
struct Told<Value: Equatable> {
    /// What was told last; nothing before the first time.
    private(set) var value: Value?
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

    mutating func hear(_ value: Value, at now: Moment) -> Verdict {
        guard value != self.value else { return .nothing }
        self.value = value
        if isWaiting { return .nothing }
        if let passedAt, now - passedAt < toldPause {
            isWaiting = true
            return .wait(toldPause - (now - passedAt))
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

/// The least time between two things told; a generic type cannot hold it.
private let toldPause = Duration.seconds(1)

extension GatewayCore {
    /// Passes on to the supervisor what a scorer told of its model.
    func pass(_ text: String, of station: LaneStation) {
        pass(text, of: station, \.told) { .told($0, $1) }
    }

    /// Passes on a scorer's metrics.
    func pass(_ metrics: [ScorerMetric], of station: LaneStation) {
        pass(metrics, of: station, \.metrics) { .metrics($0, $1) }
    }

    private func pass<Value: Equatable & Sendable>(
        _ value: Value,
        of station: LaneStation,
        _ place: ReferenceWritableKeyPath<LaneStation, Told<Value>>,
        _ report: @escaping (Run, Value) -> GatewayReport
    ) {
        switch station[keyPath: place].hear(value, at: now) {
        case .nothing: return
        case .pass: self.report(report(station.run, value))
        case .wait(let pause):
            loop.schedule(in: pause) { [self] in
                station[keyPath: place].due(at: refreshedNow())
                if !station.isEnded, let newest = station[keyPath: place].value {
                    self.report(report(station.run, newest))
                }
            }
        }
    }
}
