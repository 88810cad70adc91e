// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// Shares requests out among deployments by percentages.
///
/// Shape: the answer depends on the percentages and a sequence number only; over as many
/// consecutive numbers as the percentages sum to, each deployment gets exactly its percentage, and
/// its turns are spread, not bunched.
public struct TrafficSplit: Hashable, Sendable {
    private let bounds: [Int]

    /// Makes a split from percentages; negative ones count as none.
    public init(percents: [Int]) {
        var sum = 0
        bounds = percents.map { percent in
            sum += max(0, percent)
            return sum
        }
    }

    /// Whether anybody gets anything.
    public var isEmpty: Bool { (bounds.last ?? 0) == 0 }

    /// The position of the deployment whose turn `sequence` is; nothing where nobody gets anything.
    public func choose(sequence: UInt64) -> Int? {
        guard let total = bounds.last, total > 0 else { return nil }
        if bounds.count == 1 { return 0 }
        let turn = Int(sequence % UInt64(total)) * Self.stride(over: total) % total
        return bounds.firstIndex { turn < $0 }
    }

    /// The step nearest the golden section of `total` that shares no factor with it: stepping so
    /// visits every turn once and keeps neighbours apart.
    private static func stride(over total: Int) -> Int {
        var step = max(1, total * 618 / 1_000)
        while greatestCommonDivisor(step, total) != 1 { step += 1 }
        return step
    }

    private static func greatestCommonDivisor(_ left: Int, _ right: Int) -> Int {
        right == 0 ? left : greatestCommonDivisor(right, left % right)
    }
}
