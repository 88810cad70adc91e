// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Times and how often, in words that people read at a glance.
public enum Wording {
    /// `4 s`, `3 min`, `2 h 5 min`, `3 d 4 h`; never less than nothing.
    public static func span(from start: Date, to end: Date) -> String {
        let seconds = Int(max(0, end.timeIntervalSince(start)))
        let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400)
        if days > 0 { return hours % 24 == 0 ? "\(days) d" : "\(days) d \(hours % 24) h" }
        if hours > 0 { return minutes % 60 == 0 ? "\(hours) h" : "\(hours) h \(minutes % 60) min" }
        return minutes > 0 ? "\(minutes) min" : "\(seconds) s"
    }

    /// `never`, `once`, `twice`, `5 times`.
    public static func times(_ number: Int) -> String {
        switch number {
        case 0: "never"
        case 1: "once"
        case 2: "twice"
        default: "\(number) times"
        }
    }

    /// `10:30:00`, in `zone`.
    static func timeOfDay(_ date: Date, in zone: TimeZone) -> String {
        date.formatted(
            Date.VerbatimFormatStyle(
                format: """
                    \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\
                    \(minute: .twoDigits):\(second: .twoDigits)
                    """,
                locale: Locale(identifier: "en_US_POSIX"),
                timeZone: zone,
                calendar: Calendar(identifier: .gregorian)
            )
        )
    }

    /// `2026-03-01 10:30:00.250`, in `zone`.
    public static func time(_ date: Date, in zone: TimeZone) -> String {
        date.formatted(
            Date.VerbatimFormatStyle(
                format: """
                    \(year: .defaultDigits)-\(month: .twoDigits)-\(day: .twoDigits) \
                    \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\
                    \(minute: .twoDigits):\(second: .twoDigits).\
                    \(secondFraction: .fractional(3))
                    """,
                locale: Locale(identifier: "en_US_POSIX"),
                timeZone: zone,
                calendar: Calendar(identifier: .gregorian)
            )
        )
    }
}
