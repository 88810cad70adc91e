// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// An amount of cores, in integers: what is given out and what is taken.
///
/// Memory is no part of it: it is a limit of each instance, of which nothing is kept back.
package struct Demand: Codable, Hashable, Sendable {
    /// Thousandths of a core.
    package var millicores: Int

    /// Nothing.
    package static let none = Demand(millicores: 0)

    /// Makes an amount.
    package init(millicores: Int) {
        self.millicores = millicores
    }

    /// What one instance of this type takes: nothing where it shares what is there.
    package init(_ type: InstanceType) {
        self.init(millicores: type.millicores)
    }

    /// Whether this much fits into `room`.
    package func fits(into room: Demand) -> Bool {
        self == .none || millicores <= room.millicores
    }

    /// The larger of both.
    func joined(with other: Demand) -> Demand {
        Demand(millicores: max(millicores, other.millicores))
    }

    package static func + (left: Demand, right: Demand) -> Demand {
        Demand(millicores: left.millicores + right.millicores)
    }

    static func - (left: Demand, right: Demand) -> Demand {
        Demand(millicores: left.millicores - right.millicores)
    }
}
