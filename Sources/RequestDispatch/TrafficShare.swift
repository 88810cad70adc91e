// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// Says which of many requests belong to a share of them.
///
/// Shape: of any hundred consecutive ones, wherever they begin, exactly `percent`; spread, not
/// bunched, and spread over the turns of a split as well: where two deployments share traffic, both
/// have their part in it. The percentage may change at any time.
public struct TrafficShare: Hashable, Sendable {
    /// How far one turn is from the next.
    ///
    /// It shares no factor with 100, so that a hundred steps visit every turn once; of all such it is
    /// the one that spreads best, alone and together with the step of a split over 100.
    private static let step = 59

    /// Percent of the requests, 0 to 100.
    public private(set) var percent: Int
    private var turn = 0

    /// Makes a share; a percentage outside of 0 to 100 counts as the nearest in it.
    public init(percent: Int) {
        self.percent = min(max(0, percent), 100)
    }

    /// Gives it another percentage from now on.
    public mutating func change(to percent: Int) {
        self.percent = TrafficShare(percent: percent).percent
    }

    /// Whether the next request belongs to it.
    public mutating func next() -> Bool {
        turn += Self.step
        if turn >= 100 { turn -= 100 }
        return turn < percent
    }
}
