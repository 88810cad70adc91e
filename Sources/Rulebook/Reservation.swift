// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Machine that is held for one instance.
///
/// Only `Capacity` makes one, and it counts until it is given back to `Capacity`, whatever its
/// instance does meanwhile: draining and stopping included.
package struct Reservation: Codable, Hashable, Sendable {
    /// Whose it is.
    package let instance: InstanceID
    /// Where it is.
    package let node: NodeName

    /// For `Capacity` alone: the key is a type that nobody else can make.
    init(_ seal: Capacity.Seal, instance: InstanceID, node: NodeName) {
        self.instance = instance
        self.node = node
    }
}
