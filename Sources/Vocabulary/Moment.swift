// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// A point on the machine's monotonic clock.
///
/// Decisions never read a clock: they are handed a `Moment`, so that the same decision can be
/// replayed in virtual time. The origin is the machine's boot (CLOCK_MONOTONIC) in production and
/// zero in a simulation; only differences and order mean anything.
///
/// Units: nanoseconds inside; `Duration` at the interface.
public struct Moment: Hashable, Comparable, Codable, Sendable {
    /// Nanoseconds since the clock's origin.
    public let nanoseconds: UInt64

    /// Makes a moment from nanoseconds since the clock's origin.
    public init(nanoseconds: UInt64) {
        self.nanoseconds = nanoseconds
    }

    /// The clock's origin.
    public static let zero = Moment(nanoseconds: 0)

    /// A moment that never comes.
    public static let never = Moment(nanoseconds: .max)

    /// Whether `left` comes before `right`.
    public static func < (left: Moment, right: Moment) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// The moment `duration` later; saturates at `never` and at `zero`.
    public static func + (moment: Moment, duration: Duration) -> Moment {
        let delta = duration.nanosecondsSaturated
        if delta >= 0 {
            let (sum, overflow) = moment.nanoseconds.addingReportingOverflow(UInt64(delta))
            return overflow ? .never : Moment(nanoseconds: sum)
        }
        let (sum, overflow) = moment.nanoseconds.subtractingReportingOverflow(delta.magnitude)
        return overflow ? .zero : Moment(nanoseconds: sum)
    }

    /// How much later than `other` this moment is; negative when it is earlier.
    public static func - (moment: Moment, other: Moment) -> Duration {
        if moment >= other {
            return .nanoseconds(Int64(clamping: moment.nanoseconds - other.nanoseconds))
        }
        return .zero - .nanoseconds(Int64(clamping: other.nanoseconds - moment.nanoseconds))
    }
}

extension Duration {
    /// Whole nanoseconds, saturated to what 64 bits hold (292 years).
    public var nanosecondsSaturated: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, carried) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
        if carried { return seconds < 0 ? .min : .max }
        return sum
    }

    /// Whole milliseconds, for a boundary that counts in them.
    public var wholeMilliseconds: Int64 { nanosecondsSaturated / 1_000_000 }
}
