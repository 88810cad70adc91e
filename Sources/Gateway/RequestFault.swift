// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// Why a request is not one.
struct RequestFault: Error, Equatable {
    /// The status that says so.
    let status: Int
    /// What is wrong, for the client.
    let what: String
}
