// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Manifests
import Vocabulary

/// What comes along keeps its names: nobody registers, removes or archives it.
extension EnvironmentCatalogue {
    /// Whether a name and version is one that comes along.
    func holds(_ id: AssetID) -> Bool {
        id.kind == .environment
            && entries.contains { ($0.name, $0.version) == (id.name, id.version) }
    }

    /// Why nothing can be registered under a name and version; nothing where it can.
    func refusal(of id: AssetID) -> Problem? {
        guard holds(id) else { return nil }
        return Problem(
            .conflict,
            code: "curatedEnvironment",
            what: "cannot register the environment '\(id)': one of that name and version comes "
                + "along with Scorekeeper",
            remedy: "give it another name, or another version"
        )
    }

    /// Why one that comes along stays as it is; nothing for any other.
    func permanence(of id: AssetID) -> Problem? {
        guard holds(id) else { return nil }
        return Problem(
            .conflict,
            code: "curatedEnvironment",
            what: "the environment '\(id)' comes along with Scorekeeper: it cannot be deleted, "
                + "archived or restored",
            remedy: "leave it: nothing is built of it until a deployment names it"
        )
    }

    /// Whether a deployment names an environment that comes along.
    ///
    /// What it names is resolved when it is declared: `@latest` stands for what was newest then.
    static func isUsed(
        _ entry: Entry,
        _ definition: EnvironmentDefinition,
        by document: DeploymentDocument
    ) -> Bool {
        let isRegistered = (document.assets ?? []).contains { $0.kind == .environment }
        guard !isRegistered, let text = document.written?.text("environment") else { return false }
        if let environment = document.environment {
            return environment.unsettled.canonicalText == definition.canonicalText
        }
        // A program installs nothing: its name alone says which it is.
        guard let named = EnvironmentName(text), named.name == entry.name else { return false }
        return named.version ?? entry.version == entry.version
    }
}
