// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// What an operator may say about how environments are built.
public struct BuildSettings: Hashable, Sendable {
    /// The `uv` to use; nothing to look for one.
    public var uv: String?
    /// Folders or pages of wheels to look at before the registry, as `--find-links` takes them.
    public var packageSources: [String]
    /// Whether registries may be asked; without them only `packageSources` count.
    public var usesRegistry: Bool
    /// Whether a Python that is not on the machine may be fetched.
    public var fetchesPython: Bool
    /// How long one build may take in all.
    public var deadline: Duration
    /// How long fetching a Python may take.
    public var fetchDeadline: Duration

    /// Makes settings; what is left out is a sensible default.
    public init(
        uv: String? = nil,
        packageSources: [String] = [],
        usesRegistry: Bool = true,
        fetchesPython: Bool = true,
        deadline: Duration = .seconds(30 * 60),
        fetchDeadline: Duration = .seconds(120)
    ) {
        self.uv = uv
        self.packageSources = packageSources
        self.usesRegistry = usesRegistry
        self.fetchesPython = fetchesPython
        self.deadline = deadline
        self.fetchDeadline = fetchDeadline
    }
}
