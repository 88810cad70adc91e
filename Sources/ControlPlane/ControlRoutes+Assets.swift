// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import HTTPTypes
import Hummingbird
import Vocabulary

/// What can be asked about registered models and environments, and about documents.
///
/// | Route | Answers |
/// |---|---|
/// | `GET /models`, `GET /environments` | 200, `[ModelAsset]`, `[EnvironmentAsset]` |
/// | `PUT /models`, `PUT /environments` with an `AssetRequest` | 200, the asset |
/// | `PUT /models/NAME/VERSION/archived` with `true` or `false` | 200, what was sent |
/// | `DELETE /models/NAME/VERSION` | 200, `{"deleted": ...}` |
/// | `POST /plan` with a `PlanRequest` | 200, `PlanAnswer` |
extension ControlRoutes {
    func addAssets(to router: Router<BasicRequestContext>) {
        router.get("models") { _, _ in Answer(await control.models()) }
        router.get("environments") { _, _ in Answer(await control.environmentAssets()) }
        router.put("models") { request, _ in
            var asked = try await Self.decode(AssetRequest.self, from: request)
            asked.kind = .model
            return try await Answer(control.registerModel(asked))
        }
        router.put("environments") { request, _ in
            var asked = try await Self.decode(AssetRequest.self, from: request)
            asked.kind = .environment
            return try await Answer(control.registerEnvironment(asked))
        }
        router.post("plan") { request, _ in
            let asked = try await Self.decode(PlanRequest.self, from: request)
            return try await Answer(control.plan(asked))
        }
        for kind in AssetID.Kind.allCases {
            let path = "\(kind.rawValue)s/:name/:version"
            router.put("\(path)/archived") { request, context in
                let isArchived = try await Self.decode(Bool.self, from: request)
                let asset = Self.asset(kind, in: context)
                try await control.archive(asset, isArchived: isArchived)
                return Answer(isArchived)
            }
            router.delete("\(path)") { _, context in
                let asset = Self.asset(kind, in: context)
                try await control.delete(asset)
                return Answer(["deleted": asset.description])
            }
        }
    }

    private static func asset(
        _ kind: AssetID.Kind,
        in context: BasicRequestContext
    ) -> AssetID {
        AssetID(
            kind,
            name: context.parameters.get("name") ?? "",
            version: context.parameters.get("version") ?? ""
        )
    }
}
