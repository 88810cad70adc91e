// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A time of the wall clock, in UTC: for people and journals, never for decisions.
///
/// Units: milliseconds since 1970.
struct WallTime: Sendable, CustomStringConvertible {
    let milliseconds: Int64

    /// Now.
    static var now: WallTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return WallTime(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// `2026-03-01T09:30:00.250Z`.
    var description: String {
        let parts = calendar
        let month = padded(parts.tm_mon + 1, 2)
        let day = padded(parts.tm_mday, 2)
        return "\(1_900 + parts.tm_year)-\(month)-\(day)T\(timeOfDay)Z"
    }

    /// `09:30:00.250`.
    var timeOfDay: String {
        let parts = calendar
        let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { padded($0, 2) }
        return clock.joined(separator: ":") + "." + padded(Int32(milliseconds % 1_000), 3)
    }

    private var calendar: tm {
        var seconds = time_t(milliseconds / 1_000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        return parts
    }

    private func padded(_ number: Int32, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
