// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Manifests
import ModelStore
import Vocabulary

/// What a server of this installation would say of a deployment's document.
public enum ManifestInspection {
    /// Checks the document, what it names, and the libraries that its program needs.
    ///
    /// Shape: `endpoint` is the name that a person gave; `libraryPath` is where else libraries are
    /// looked for.
    /// Errors: where our own executable cannot be found.
    public static func check(
        file: String,
        endpoint: EndpointName?,
        libraryPath: String
    ) async throws(Problem) -> ManifestCheck {
        let check = ManifestCheck(
            file: file,
            endpoint: endpoint,
            environments: try environments(),
            assets: UntoldAssets()
        )
        return await inspected(check, libraryPath: libraryPath)
    }

    /// Checks a folder of documents, or one of any kind, in the same way.
    ///
    /// Errors: where our own executable cannot be found.
    public static func check(
        documents path: String,
        libraryPath: String
    ) async throws(Problem) -> DocumentsCheck {
        let check = DocumentsCheck(path: path, environments: try environments())
        var parts: [DocumentsCheck.Part] = []
        for part in check.parts {
            guard let deployment = part.deployment else {
                parts.append(part)
                continue
            }
            parts.append(part.with(await inspected(deployment, libraryPath: libraryPath)))
        }
        return check.with(parts)
    }

    private static func environments() throws(Problem) -> EnvironmentCatalogue {
        let support = SupportFolder.path(beside: try Server.ownExecutable())
        return EnvironmentCatalogue(folder: support + "/environments")
    }

    private static func inspected(
        _ check: ManifestCheck,
        libraryPath: String
    ) async -> ManifestCheck {
        var check = check
        guard check.isServable else { return check }
        switch check.serving {
        case .script(let script):
            if let refusal = ModelStore.refusal(ofCode: script.folder) {
                check = check.refusing(refusal)
            }
        case .program(let path, _, _):
            let written = check.settings?.variables["LD_LIBRARY_PATH"] ?? ""
            let paths = [written, libraryPath].filter { !$0.isEmpty }
            do throws(Problem) {
                let companions = try await LibrarySearch.companions(
                    of: try ProgramFile(path: path),
                    libraryPath: paths.joined(separator: ":"),
                    at: check.programLocation
                )
                for companion in companions {
                    let notice = Notice(code: "libraryTaken", text: companion.notice)
                    check = check.noting(notice)
                }
            } catch {
                check = check.refusing(error)
            }
        case .model(let model, let path):
            if let refusal = refusal(of: model.kind, at: path) {
                check = check.refusing(refusal)
            }
        case nil: break
        }
        if let refusal = lengthRefusal(of: check) { check = check.refusing(refusal) }
        return check
    }

    private static func lengthRefusal(of check: ManifestCheck) -> Problem? {
        guard let settings = check.settings, let endpoint = check.endpoint else { return nil }
        var words: [String] = []
        if case .program(_, let arguments, _) = check.serving { words = arguments }
        return DeploymentDocument.refusal(
            of: words,
            ServingSettings(settings, retryUnlessSaid: .never),
            for: DeploymentKey(endpoint: endpoint, deployment: check.deployment)
        )
    }

    /// What would keep a model from being copied; an archive was read whole by its check.
    public static func refusal(of kind: ModelKind, at path: String) -> Problem? {
        switch kind {
        case .mlflow: ModelStore.refusal(of: path)
        case .modelBelow(let below): ModelStore.refusal(of: "\(path)/\(below)")
        default: nil
        }
    }
}
