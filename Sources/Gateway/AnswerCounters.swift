// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Counts answers by status, and how long they took.
struct AnswerCounters {
    /// Upper bounds of the histogram's buckets in microseconds: 1, 2.5 and 5 times powers of ten.
    static let bounds: [UInt64] = [
        100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000,
        1_000_000, 2_500_000, 5_000_000, 10_000_000, 60_000_000,
    ]

    private var byStatus = ContiguousArray<UInt64>(repeating: 0, count: 600)
    private(set) var latencies = ContiguousArray<UInt64>(repeating: 0, count: bounds.count + 1)
    private(set) var latencySum: UInt64 = 0

    mutating func count(status: Int, since arrival: Moment, at now: Moment) {
        byStatus[min(max(status, 0), 599)] += 1
        let microseconds = (now.nanoseconds &- arrival.nanoseconds) / 1_000
        latencySum &+= microseconds
        var bucket = 0
        while bucket < Self.bounds.count, microseconds > Self.bounds[bucket] { bucket += 1 }
        latencies[bucket] += 1
    }

    /// The statuses that were answered, and how often.
    var answers: [Int: UInt64] {
        var answers: [Int: UInt64] = [:]
        for (status, count) in byStatus.enumerated() where count > 0 { answers[status] = count }
        return answers
    }
}
