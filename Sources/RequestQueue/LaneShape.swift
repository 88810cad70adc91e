// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CScorerABI

/// How many requests a lane holds at once, and how large a body it carries without a detour.
///
/// Shape: `calls` from 1, `ahead` from 0, at most 1,024 together; `areaBytes` a multiple of 4,096
/// up to 16 MiB. A lane of another shape cannot be made.
public struct LaneShape: Hashable, Sendable {
    /// Calls of the model at once.
    public var calls: Int
    /// Requests bound beyond the calls under way.
    public var ahead: Int
    /// Bytes of head and body that fit into a slot's own area.
    public var areaBytes: Int

    /// Makes a shape.
    public init(calls: Int, ahead: Int = 0, areaBytes: Int = Int(SCORER_AREA_DEFAULT)) {
        self.calls = calls
        self.ahead = ahead
        self.areaBytes = areaBytes
    }

    /// Requests that the lane holds at once.
    public var slots: Int { calls + ahead }

    /// The same for the C side; a number that C cannot hold becomes 0, which it refuses.
    var layout: scorer_shape {
        scorer_shape(
            slots: UInt32(exactly: slots) ?? 0,
            calls: UInt32(exactly: calls) ?? 0,
            area_bytes: UInt32(exactly: areaBytes) ?? 0
        )
    }
}
