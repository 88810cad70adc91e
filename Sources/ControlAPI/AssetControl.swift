// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What the control plane asks of a server about registered models and environments.
public protocol AssetControl: Sendable {
    /// Every version of every registered model, in order of name and registration.
    func models() async -> [ModelAsset]

    /// Every version of every environment, the curated ones too, in order of name.
    func environmentAssets() async -> [EnvironmentAsset]

    /// Copies a model and keeps it under its name and version.
    ///
    /// Errors: what the document's check would tell; `assetExists` where that version holds
    /// something else.
    func registerModel(_ request: AssetRequest) async throws(Problem) -> ModelAsset

    /// Keeps an environment under its name and version.
    ///
    /// Errors: as above.
    func registerEnvironment(_ request: AssetRequest) async throws(Problem) -> EnvironmentAsset

    /// Has `@latest` pass a model over, or find it again.
    ///
    /// Errors: `assetNotFound`.
    func archive(_ asset: AssetID, isArchived: Bool) async throws(Problem)

    /// Lets a registered model or environment go.
    ///
    /// Errors: `assetNotFound`; `assetInUse` naming the deployments that need it.
    func delete(_ asset: AssetID) async throws(Problem)
}
