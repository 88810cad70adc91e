// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// The gateway's words for the end of a lane that others must know apart.
public enum LaneEnd {
    /// The scorer's end is closed: its process is gone, or going.
    ///
    /// How it went is the node's to say, and is what a person wants to know.
    public static let scorerWent = "its scorer closed its socket"
}
