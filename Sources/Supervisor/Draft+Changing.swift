// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Manifests
import Vocabulary

extension Draft {
    /// What is declared, with values written over its document that say how it is served.
    ///
    /// Errors: what `check` would tell of them; `instanceType`.
    init(
        _ present: DeploymentDocument,
        _ written: WrittenDocument,
        setting overrides: [ManifestOverride],
        among types: InstanceTypes
    ) throws(Problem) {
        let read = try ManifestReader.settings(
            written,
            file: present.origin.path,
            setting: overrides
        )
        var settings = read.settings
        settings.requestTimeoutMilliseconds =
            settings.requestTimeoutMilliseconds ?? present.settings.deadlineMilliseconds
        let type = try settings.instanceType.map { name throws(Problem) in try types.find(name) }
        let isModel = if case .mlflow = present.scorer { true } else { false }
        self.init(
            key: present.key,
            origin: present.origin,
            scorer: present.scorer,
            content: present.content,
            settings: ServingSettings(
                settings,
                on: type ?? .shared,
                retryUnlessSaid: isModel ? .once : .never
            ),
            written: read.written,
            assets: present.assets ?? [],
            notices: []
        )
    }

    /// The same, but made of what is there wherever `keys` do not name what it is made of.
    func keeping(_ present: DeploymentDocument, but keys: Set<String>) -> Draft {
        var draft = self
        switch (scorer, present.scorer) {
        case (.script(var script), .script(let old)):
            if !keys.contains("code_configuration") {
                script.script = old.script
                draft.content = present.content
            }
            if !keys.contains("environment") { script.environment = old.environment }
            if !keys.contains("model") { script.model = old.model }
            draft.scorer = .script(script)
        case (.native(let path, let arguments, let model, let libraries), .native):
            let part = keys.contains("model") ? model : present.scorer.model
            if keys.contains("scorekeeper.scorer") {
                draft.scorer = .native(
                    path: path,
                    arguments: arguments,
                    model: part,
                    libraries: libraries
                )
            } else if case .native(let path, let arguments, _, let libraries) = present.scorer {
                draft.content = present.content
                draft.scorer = .native(
                    path: path,
                    arguments: arguments,
                    model: part,
                    libraries: libraries
                )
            }
        default: return self
        }
        let kept = (present.assets ?? []).filter { !keys.contains($0.kind.rawValue) }
        let fresh = assets.filter { keys.contains($0.kind.rawValue) }
        draft.assets = (kept + fresh).sorted()
        return draft
    }
}
