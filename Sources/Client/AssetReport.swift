// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Vocabulary

/// Registered models and environments as a person reads them.
public enum AssetReport {
    /// One model, a fact a line.
    public static func lines(_ model: ModelAsset) -> [String] {
        facts([
            ("name", model.name), ("version", model.version), ("type", model.type),
            ("path", model.path), ("digest", model.digest.hexadecimal),
            ("created", model.created.formatted(.iso8601)),
            ("archived", model.isArchived ? "yes" : ""),
            ("description", model.description ?? ""), ("tags", words(model.tags)),
            ("used by", words(model.usedBy)),
        ])
    }

    /// One environment, a fact a line.
    public static func lines(_ environment: EnvironmentAsset) -> [String] {
        facts([
            ("name", environment.name), ("version", environment.version),
            ("python", environment.python),
            ("from", environment.isCurated ? "Scorekeeper's own" : "registered"),
            ("archived", environment.isArchived ? "yes" : ""),
            ("description", environment.description ?? ""), ("tags", words(environment.tags)),
            ("used by", words(environment.usedBy)),
        ]) + environment.packages.map { "  \($0.printable)" }
    }

    /// Several models, a row each.
    public static func lines(_ models: [ModelAsset]) -> [String] {
        var table = Table([
            .words("NAME"), .words("VERSION"), .words("TYPE"), .words("DIGEST"),
            .words("ARCHIVED"), .words("USED BY"),
        ])
        for model in models {
            table.add([
                model.name, model.version, model.type, model.digest.short,
                model.isArchived ? "yes" : "", words(model.usedBy),
            ])
        }
        return table.lines
    }

    /// Several environments, a row each.
    public static func lines(_ environments: [EnvironmentAsset]) -> [String] {
        var table = Table([
            .words("NAME"), .words("VERSION"), .words("PYTHON"), .number("PACKAGES"),
            .words("FROM"), .words("ARCHIVED"), .words("USED BY"),
        ])
        for environment in environments {
            table.add([
                environment.name, environment.version, environment.python,
                "\(environment.packages.count)",
                environment.isCurated ? "Scorekeeper" : "registered",
                environment.isArchived ? "yes" : "", words(environment.usedBy),
            ])
        }
        return table.lines
    }

    /// Nothing of that name and version is there.
    public static func missing(_ asset: AssetID) -> Problem {
        Problem(
            .notFound,
            code: "assetNotFound",
            what: "there is no \(asset.kind.rawValue) '\(asset.description.printable)'",
            remedy: "see which there are with 'scorekeeper \(asset.kind.rawValue) list'"
        )
    }

    private static func facts(_ facts: [(name: String, value: String)]) -> [String] {
        facts.filter { !$0.value.isEmpty }
            .map { "\($0.name.padded(to: 11))  \($0.value.printable)" }
    }

    private static func words(_ tags: [String: String]) -> String {
        tags.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    }

    private static func words(_ users: [DeploymentKey]) -> String {
        users.map(\.description).joined(separator: " ")
    }
}
