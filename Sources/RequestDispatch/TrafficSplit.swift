// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// Shares requests out among deployments by percentages.
///
/// Shape: the answer depends on the percentages and a sequence number only; over as many
/// consecutive numbers as the percentages sum to, wherever they begin, each deployment gets exactly
/// its percentage, and its turns are spread, not bunched. A deployment without a percentage may come
/// or go and changes nobody's turns.
public struct TrafficSplit: Hashable, Sendable {
    /// Whose turn each number of a round is: a round is as long as the percentages sum to.
    private let turns: ContiguousArray<Int32>

    /// Makes a split from percentages; negative ones count as none, larger ones than 100 as 100.
    public init(percents: [Int]) {
        var owners: ContiguousArray<Int32> = []
        for (position, percent) in percents.enumerated() {
            let count = min(max(0, percent), 100)
            owners.append(contentsOf: repeatElement(Int32(position), count: count))
        }
        let step = Self.stride(over: owners.count)
        turns = ContiguousArray(owners.indices.map { owners[$0 * step % owners.count] })
    }

    /// Whether anybody gets anything.
    public var isEmpty: Bool { turns.isEmpty }

    /// The position of the deployment whose turn `sequence` is; nothing where nobody gets anything.
    public func choose(sequence: UInt64) -> Int? {
        guard !turns.isEmpty else { return nil }
        return Int(turns[Int(sequence % UInt64(turns.count))])
    }

    /// The step nearest the golden section of `total` that shares no factor with it: stepping so
    /// visits every turn once and keeps neighbours apart.
    private static func stride(over total: Int) -> Int {
        guard total > 0 else { return 1 }
        var step = max(1, total * 618 / 1_000)
        while greatestCommonDivisor(step, total) != 1 { step += 1 }
        return step
    }

    private static func greatestCommonDivisor(_ left: Int, _ right: Int) -> Int {
        right == 0 ? left : greatestCommonDivisor(right, left % right)
    }
}
