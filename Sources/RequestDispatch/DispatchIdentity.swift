// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// One request that was admitted, from admission until it is over.
///
/// A place in a slab and the place's generation: an identity that outlived its request matches
/// nothing, so a late word about it does nothing.
public struct RequestID: Hashable, Sendable {
    /// The place in the slab; gateways index their own tables by it.
    public let index: Int32
    let generation: UInt32

    /// No request.
    public static let none = RequestID(index: -1, generation: 0)
}

/// One lane, from its opening until its end.
public struct LaneID: Hashable, Sendable {
    /// The place in the slab; gateways index their own tables by it.
    public let index: Int32
    let generation: UInt32

    /// No lane.
    public static let none = LaneID(index: -1, generation: 0)
}

/// One deployment's place in the dispatcher; never given to another deployment.
public struct DeploymentID: Hashable, Sendable {
    /// The place in the table.
    public let index: Int32
}
