// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// Which Scorekeeper this is.
public enum Release {
    /// The version, by semantic versioning.
    public static let version = "0.1.0"
}
