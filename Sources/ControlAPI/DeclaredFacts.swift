// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// What was declared of a deployment, as far as people ask for it.
public struct DeclaredFacts: Codable, Sendable, Hashable {
    /// The instance type that it names; `shared` where it names none.
    public var instanceType: String
    /// The registered model, or where the model was taken from.
    public var model: String?
    /// The environment that it names or describes; nothing where the model says what it needs.
    public var environment: String?
    /// What it is, for people.
    public var description: String?
    /// The person's own labels.
    public var tags: [String: String]

    /// Makes what was declared.
    public init(
        instanceType: String,
        model: String? = nil,
        environment: String? = nil,
        description: String? = nil,
        tags: [String: String] = [:]
    ) {
        self.instanceType = instanceType
        self.model = model
        self.environment = environment
        self.description = description
        self.tags = tags
    }
}
