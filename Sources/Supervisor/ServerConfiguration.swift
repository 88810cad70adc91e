// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Manifests
import Vocabulary

/// Everything that holds for a server's whole life, read and checked.
struct ServerConfiguration: Sendable {
    /// The folder that holds what must be remembered.
    let state: StateFolder
    /// Our own executable, which gateway and nodes are started from.
    let program: OwnProgram
    /// The launcher, the extensions and the Python runtime.
    let support: SupportFolder
    /// The nodes that share the machine, in order.
    let nodes: [NodeName]
    /// The folder that models are dropped into.
    let models: String?
    /// How a model's own failures are shown where its manifest does not say.
    let statuses: StatusStyle
    /// How long gateway and nodes wait for a new supervisor.
    let orphanGrace: Duration
    /// The user that the gateway becomes; nothing where we are not root.
    let gatewayUser: UInt32?
    /// The machine's cores and memory: shared out between the nodes.
    let machine: Machine
    /// The instance types that manifests may name.
    var types = InstanceTypes()
    /// Whether a listener beyond loopback was accepted.
    let isInsecure: Bool
    /// Whether the state goes with the server.
    var isTemporary = false
    /// What everything is bounded to in a server that is only tried; nothing elsewhere.
    var trial: TrialOptions?
}
