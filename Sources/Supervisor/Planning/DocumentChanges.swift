// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What differs between two documents, a sentence each.
enum DocumentChanges {
    /// What a deployment's next revision changes.
    static func of(_ new: DeploymentDocument, from old: DeploymentDocument) -> [String] {
        var changes: [String] = []
        if old.content != new.content {
            changes.append("\(content(of: new)): another content")
        }
        if old.scorer.model != new.scorer.model {
            changes.append("model: another content")
        }
        if old.environment?.canonicalText != new.environment?.canonicalText {
            changes.append("environment: other packages")
        }
        if kind(of: old) != kind(of: new) {
            changes.append("scorer: \(kind(of: old)) becomes \(kind(of: new))")
        } else if case .native(let path, let arguments, _, _) = new.scorer,
            case .native(path, let before, _, _) = old.scorer, before != arguments
        {
            changes.append("scorer: other arguments")
        }
        changes += settings(new.settings, from: old.settings)
        if changes.isEmpty { changes.append("its settings") }
        return changes + labels(of: new, from: old)
    }

    /// What is only told of a deployment and changes: nothing where no document says it.
    static func labels(
        of new: DeploymentDocument,
        from old: DeploymentDocument
    ) -> [String] {
        guard let now = new.written else { return [] }
        let was = old.written
        var changes: [String] = []
        if was?.text("description") != now.text("description") { changes.append("description") }
        if was?.texts("tags") ?? [:] != now.texts("tags") { changes.append("tags") }
        return changes
    }

    /// What is only told of a registered model and changes.
    static func labels(of new: ModelRecord, from old: ModelRecord) -> [String] {
        var changes: [String] = []
        if old.description != new.description { changes.append("description") }
        if old.tags != new.tags { changes.append("tags") }
        if old.properties != new.properties { changes.append("properties") }
        return changes
    }

    /// What is only told of a registered environment and changes.
    static func labels(of new: EnvironmentRecord, from old: EnvironmentRecord) -> [String] {
        var changes: [String] = []
        if old.description != new.description { changes.append("description") }
        if old.tags != new.tags { changes.append("tags") }
        return changes
    }

    /// What an endpoint's document changes, its traffic aside.
    static func of(_ new: EndpointDocument, from old: EndpointDocument) -> [String] {
        var changes: [String] = []
        if old.authMode != new.authMode {
            changes.append("auth_mode: \(old.authMode) becomes \(new.authMode)")
        }
        if old.description != new.description { changes.append("description") }
        if old.tags != new.tags { changes.append("tags") }
        if old.properties != new.properties { changes.append("properties") }
        if old.statuses != new.statuses { changes.append("scorekeeper.statuses") }
        return changes
    }

    private static func content(of document: DeploymentDocument) -> String {
        switch document.scorer {
        case .mlflow: "model"
        case .script: "code"
        case .native: "scorer"
        }
    }

    private static func kind(of document: DeploymentDocument) -> String {
        switch document.scorer {
        case .mlflow: "an MLflow model"
        case .script: "a script"
        case .native: "a program"
        }
    }
}
