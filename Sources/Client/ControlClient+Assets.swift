// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Vocabulary

/// Registered models and environments.
extension ControlClient {
    /// Every version of every registered model.
    public func models() async throws(Problem) -> [ModelAsset] {
        try await ask("GET", "/models")
    }

    /// Every version of every environment.
    public func environments() async throws(Problem) -> [EnvironmentAsset] {
        try await ask("GET", "/environments")
    }

    /// Registers a model.
    public func registerModel(_ request: AssetRequest) async throws(Problem) -> ModelAsset {
        try await ask("PUT", "/models", body: Self.encoded(request))
    }

    /// Registers an environment.
    public func registerEnvironment(
        _ request: AssetRequest
    ) async throws(Problem) -> EnvironmentAsset {
        try await ask("PUT", "/environments", body: Self.encoded(request))
    }

    /// Has `@latest` pass a version over, or find it again.
    public func archive(_ asset: AssetID, isArchived: Bool) async throws(Problem) {
        let body = try Self.encoded(isArchived)
        _ = try await askForBytes("PUT", Self.path(of: asset) + "/archived", body: body)
    }

    /// Lets a version go.
    public func delete(_ asset: AssetID) async throws(Problem) {
        _ = try await askForBytes("DELETE", Self.path(of: asset))
    }

    /// Tells what documents would change, or changes it.
    public func plan(_ request: PlanRequest) async throws(Problem) -> PlanAnswer {
        try await ask("POST", "/plan", body: Self.encoded(request))
    }

    private static func path(of asset: AssetID) -> String {
        "/\(asset.kind.rawValue)s/\(asset.name)/\(asset.version)"
    }
}
