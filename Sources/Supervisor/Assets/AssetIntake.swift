// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Manifests
import ModelStore
import Vocabulary

/// From a request to register something to what was read of it; a model is copied.
///
/// What the command line says is written over the document, so that both are checked alike; without
/// a document it stands alone.
struct AssetIntake: Sendable {
    /// A model as it was read and copied.
    struct Model: Sendable {
        let manifest: ModelManifest
        let content: Digest
        let leaf: String
        let source: String
        let notices: [String]
    }

    /// An environment as it was read.
    struct Environment: Sendable {
        let manifest: EnvironmentManifest
        let notices: [String]
    }

    /// Where copies are kept.
    let store: ModelStore

    /// Reads and copies a model.
    ///
    /// Errors: what the document's check would tell; `noModel`; those of a copy.
    func model(_ request: AssetRequest) throws(Problem) -> Model {
        let (manifest, notices) = try Self.read(request)
        guard case .model(let model) = manifest else {
            preconditionFailure("asked for a model and read \(manifest)")
        }
        let path = model.path.path
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw Problem(
                .notFound,
                code: "noModel",
                what: "there is nothing at '\(path.printable)'",
                remedy: "name the model's folder or file",
                location: model.path.location
            )
        }
        if model.format == .mlflow {
            let check = ModelCheck(path: path)
            if let problem = check.problems.first { throw problem }
            guard check.kind == .mlflow else {
                throw Problem(
                    .unsupported,
                    code: "notAModelFolder",
                    what: "'\(path.printable)' is no folder with an 'MLmodel' in it",
                    remedy: "unpack it, and name the folder that the file 'MLmodel' lies in",
                    location: model.path.location
                )
            }
        }
        let leaf = URL(fileURLWithPath: path).standardizedFileURL.lastPathComponent
        let stored = try store.adopt(files: path, named: leaf)
        return Model(
            manifest: model,
            content: stored.digest,
            leaf: leaf,
            source: path,
            notices: notices.map(\.description)
        )
    }

    /// Reads an environment.
    ///
    /// Errors: what the document's check would tell.
    func environment(_ request: AssetRequest) throws(Problem) -> Environment {
        let (manifest, notices) = try Self.read(request)
        guard case .environment(let environment) = manifest else {
            preconditionFailure("asked for an environment and read \(manifest)")
        }
        return Environment(
            manifest: environment,
            notices: notices.map(\.description)
        )
    }

    private static func read(
        _ request: AssetRequest
    ) throws(Problem) -> (manifest: Manifest, notices: [Notice]) {
        try PathCheck.refuseCutOff([request.file, request.path])
        var overrides: [ManifestOverride] = []
        for text in request.overrides { overrides.append(try ManifestOverride(text)) }
        let pathKey = request.kind == .model ? "path" : "conda_file"
        for (key, option, value) in [
            ("name", "--name", request.name), ("version", "--version", request.version),
            (pathKey, "--\(pathKey.replacing("_", with: "-"))", request.path),
            ("type", "--type", request.type),
        ] {
            guard let value else { continue }
            // In quotes: a version that is a number keeps its own spelling.
            let quoted = "'" + value.replacing("'", with: "''") + "'"
            overrides.append(ManifestOverride(path: [key], value: quoted, place: option))
        }
        return try ManifestReader.read(
            path: request.file,
            as: request.kind == .model ? .model : .environment,
            setting: overrides
        )
    }
}
