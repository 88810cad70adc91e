// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// How long answers took: counts in buckets that grow by a fifth from one to the next.
///
/// Units: microseconds, from one to about an hour.
public struct AnswerLatencies: Codable, Sendable, Hashable {
    /// Upper bounds of the buckets; what is longer than the last falls into it.
    private static let bounds: [UInt64] = {
        var bounds: [UInt64] = []
        var bound: UInt64 = 1
        while bound < 4_000_000_000 {
            bounds.append(bound)
            bound = max(bound + 1, bound * 6 / 5)
        }
        return bounds
    }()

    /// Bucket numbers that have a count, and their counts.
    private var buckets: [Int: UInt64] = [:]
    /// Answers counted.
    public private(set) var count: UInt64 = 0

    /// Counts nothing yet.
    public init() {}

    /// Counts one answer.
    public mutating func add(microseconds: UInt64) {
        var low = 0
        var high = Self.bounds.count - 1
        while low < high {
            let middle = (low + high) / 2
            if Self.bounds[middle] < microseconds { low = middle + 1 } else { high = middle }
        }
        buckets[low, default: 0] += 1
        count += 1
    }

    /// The latency that so many percent of the answers do not exceed, to within a fifth; nothing
    /// where none was counted.
    public func percentile(_ percent: Int) -> UInt64? {
        guard count > 0 else { return nil }
        let rank = (count * UInt64(min(max(1, percent), 100)) + 99) / 100
        var seen: UInt64 = 0
        for (bucket, count) in buckets.sorted(by: { $0.key < $1.key }) {
            seen += count
            if seen >= rank { return Self.bounds[bucket] }
        }
        return nil
    }
}
