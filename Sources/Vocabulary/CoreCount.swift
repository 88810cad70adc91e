// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// An amount of cores as people write it: `48`, `0.5`, `21.333`.
public struct CoreCount: Hashable, CustomStringConvertible, Sendable {
    /// Thousandths of a core.
    public let millicores: Int

    /// The most that anybody can write: more than any machine has, and few enough to be added up.
    public static let most = CoreCount(millicores: 1_000_000_000)

    /// The least that the kernel can hold anybody to: a thousandth of a second in each tenth.
    ///
    /// Source: Linux, "CFS Bandwidth Control", `min_cfs_quota_period`.
    public static let leastQuota = CoreCount(millicores: 10)

    /// Wraps thousandths of a core.
    public init(millicores: Int) {
        self.millicores = millicores
    }

    /// Reads a number of cores with at most three places after the point, more than none.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let isPlain = parts.allSatisfy { part in
            (1...7).contains(part.utf8.count)
                && part.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        }
        guard isPlain, (1...2).contains(parts.count), let whole = Int(parts[0]) else { return nil }
        var thousandths = 0
        if parts.count == 2 {
            guard parts[1].utf8.count <= 3, let digits = Int(parts[1]) else { return nil }
            thousandths = digits * [100, 10, 1][parts[1].utf8.count - 1]
        }
        millicores = whole * 1_000 + thousandths
        guard millicores > 0, millicores <= Self.most.millicores else { return nil }
    }

    /// The number and its noun: `1 core`, `0.5 cores`.
    public var counted: String { millicores == 1_000 ? "1 core" : "\(self) cores" }

    /// The number, with no more places than it needs.
    public var description: String {
        let sign = millicores < 0 ? "-" : ""
        let (whole, rest) = millicores.magnitude.quotientAndRemainder(dividingBy: 1_000)
        guard rest > 0 else { return "\(sign)\(whole)" }
        var digits = String("\(1_000 + rest)".dropFirst())
        while digits.last == "0" { digits.removeLast() }
        return "\(sign)\(whole).\(digits)"
    }
}
