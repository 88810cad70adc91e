// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What stands before each line of a scorer's log: when the line was read, of the wall clock in UTC.
struct LogStamp {
    /// `2026-03-01T09:30:00.250Z `, with the blank behind it.
    let bytes: [UInt8]

    /// Writes a time since 1970.
    init(_ time: timespec) {
        var seconds = time.tv_sec
        var parts = tm()
        gmtime_r(&seconds, &parts)
        let date = [Int(parts.tm_year) + 1_900, Int(parts.tm_mon) + 1, Int(parts.tm_mday)]
        let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map(Int.init)
        let text =
            date.map { Self.padded($0, 2) }.joined(separator: "-") + "T"
            + clock.map { Self.padded($0, 2) }.joined(separator: ":") + "."
            + Self.padded(Int(time.tv_nsec) / 1_000_000, 3) + "Z "
        bytes = Array(text.utf8)
    }

    /// The stamp of this moment.
    static var now: LogStamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return LogStamp(time)
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
