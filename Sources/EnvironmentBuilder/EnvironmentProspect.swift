// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

public import Vocabulary

/// What would come of asking for an environment: found out without building anything.
public struct EnvironmentProspect: Hashable, Sendable {
    /// The Python that it would get.
    public let interpreter: Interpreter
    /// The digest that it would stand under.
    public let digest: Digest
    /// Whether it stands ready already.
    public let isBuilt: Bool
    /// What a person should be told, for example that another Python patch would be used.
    public let notices: [String]
}
