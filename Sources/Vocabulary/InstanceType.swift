// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// A named amount of machine that one instance gets.
///
/// Cores are reserved and are a quota: an instance never takes more of them. Memory is a limit alone,
/// of which nothing is kept back.
///
/// Units: thousandths of a core; bytes. No cores means "shares what is there": it reserves nothing,
/// is bounded by nothing, and counts for little beside those that have cores of their own.
public struct InstanceType: Hashable, Codable, Sendable {
    /// The type's name, for example `shared`.
    public let name: String
    /// Thousandths of a core reserved for each instance.
    public let millicores: Int
    /// Bytes of memory that each instance may use.
    public let memoryBytes: Int64
    /// How many GPUs a machine of this type has; scorers are given none.
    public let gpus: Int
    /// Whether the 20% surge is left out of the reservation.
    public let isExemptFromSurge: Bool

    /// Makes an instance type.
    public init(
        name: String,
        millicores: Int,
        memoryBytes: Int64,
        gpus: Int = 0,
        isExemptFromSurge: Bool = false
    ) {
        self.name = name
        self.millicores = millicores
        self.memoryBytes = memoryBytes
        self.gpus = gpus
        self.isExemptFromSurge = isExemptFromSurge
    }

    /// Reads what was written down; versions before instance types had names wrote no GPUs.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decode(String.self, forKey: .name)
        millicores = try container.decode(Int.self, forKey: .millicores)
        memoryBytes = try container.decode(Int64.self, forKey: .memoryBytes)
        gpus = try container.decodeIfPresent(Int.self, forKey: .gpus) ?? 0
        isExemptFromSurge = try container.decode(Bool.self, forKey: .isExemptFromSurge)
    }

    /// What an instance gets where no type is named: no reserved cores, 4 GiB of memory.
    public static let shared = InstanceType(
        name: "shared",
        millicores: 0,
        memoryBytes: 4 << 30
    )

    /// What an instance counts for where cores are wanted by more than there are, in thousandths of
    /// a core: a weight, which takes nothing from it while nobody else wants them.
    public var weight: Int { millicores == 0 ? Self.sharedWeight : millicores }

    /// A quarter of a core; as a quota it would make scikit-learn load for ten seconds.
    private static let sharedWeight = 250
}
