// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// An amount of machine, in integers: what is given out and what is taken.
package struct Demand: Codable, Hashable, Sendable {
    /// Thousandths of a core.
    package var millicores: Int
    /// Bytes of memory.
    package var memoryBytes: Int64

    /// Nothing.
    package static let none = Demand(millicores: 0, memoryBytes: 0)

    /// Makes an amount.
    package init(millicores: Int, memoryBytes: Int64) {
        self.millicores = millicores
        self.memoryBytes = memoryBytes
    }

    /// What one instance of this type takes: nothing where it shares what is there.
    package init(_ type: InstanceType) {
        self =
            type.millicores == 0
            ? .none : Demand(millicores: type.millicores, memoryBytes: type.memoryBytes)
    }

    /// Whether this much fits into `room`.
    package func fits(into room: Demand) -> Bool {
        self == .none || (millicores <= room.millicores && memoryBytes <= room.memoryBytes)
    }

    /// The larger of both, each for itself.
    func joined(with other: Demand) -> Demand {
        Demand(
            millicores: max(millicores, other.millicores),
            memoryBytes: max(memoryBytes, other.memoryBytes)
        )
    }

    package static func + (left: Demand, right: Demand) -> Demand {
        Demand(
            millicores: left.millicores + right.millicores,
            memoryBytes: left.memoryBytes + right.memoryBytes
        )
    }

    static func - (left: Demand, right: Demand) -> Demand {
        Demand(
            millicores: left.millicores - right.millicores,
            memoryBytes: left.memoryBytes - right.memoryBytes
        )
    }
}
