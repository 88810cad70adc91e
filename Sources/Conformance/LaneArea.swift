// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import RequestQueue

/// The size of a request's area in the lanes of the play: what every lane has.
enum LaneArea {
    static let bytes = LaneShape(calls: 1).areaBytes
}
