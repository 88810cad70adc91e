// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Manifests
import ModelStore
import Vocabulary

/// From what a person has on disk to a draft: checked where it lies, copied, read again from the
/// copy.
///
/// Checked first, so that problems name the person's own files; read again, because what counts is
/// what was copied.
struct Intake: Sendable {
    /// Where copies are kept.
    let store: ModelStore

    /// Reads what `scorekeeper deploy` named.
    ///
    /// Errors: what `check` would tell; `copyFailed`, `diskFull` from the copy.
    func read(_ request: DeployRequest) async throws(Problem) -> Draft {
        let store = self.store
        return try await Self.offLoop { () throws(Problem) in
            try Self.draft(of: request, store)
        }
    }

    /// Reads an entry of the models folder.
    ///
    /// Errors: what `check` would tell; `copyFailed`, `diskFull` from the copy.
    func read(dropped name: String, at path: String) async throws(Problem) -> Draft {
        let store = self.store
        return try await Self.offLoop { () throws(Problem) in
            try Self.draft(of: path, origin: .dropped(name: name, path: path), store: store)
        }
    }

    /// Runs work that reads and copies files where nobody waits for it.
    private static func offLoop(
        _ work: @escaping @Sendable () throws(Problem) -> Draft
    ) async throws(Problem) -> Draft {
        let outcome = await withCheckedContinuation { continuation in
            let thread = Thread {
                do throws(Problem) {
                    continuation.resume(returning: Result<Draft, Problem>.success(try work()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
            thread.name = "intake"
            thread.start()
        }
        return try outcome.get()
    }

    private static func draft(
        of request: DeployRequest,
        _ store: ModelStore
    ) throws(Problem) -> Draft {
        var draft: Draft
        switch (request.model, request.scorer) {
        case (let model?, nil):
            draft = try self.draft(
                of: model,
                origin: .deployed(path: model),
                named: request.name,
                store: store
            )
        case (nil, let program?):
            draft = try self.draft(of: program, named: request.name, store: store)
        case (.some, .some):
            throw Problem(
                .unsupported,
                code: "scorerWithModel",
                what: "cannot give a model to a scorer of your own yet",
                remedy: "let the scorer bring its files, or deploy the model without --scorer"
            )
        case (nil, nil):
            throw Problem(
                .invalid,
                code: "nothingToDeploy",
                what: "there is nothing to deploy",
                remedy: "name a model's directory or archive, or a program with --scorer"
            )
        }
        if let instances = request.instances {
            draft.settings.instances = try legal(instances, for: draft.key)
        }
        return draft
    }

    /// The bound that a manifest has too: each instance is a process or more, started at once.
    private static func legal(_ instances: Int, for key: DeploymentKey) throws(Problem) -> Int {
        let counts = DeploymentSettings.instanceCounts
        guard counts.contains(instances) else {
            throw Problem(
                .invalid,
                code: "instances",
                what: "cannot serve '\(key)' by \(instances) instances",
                remedy: "ask for \(counts.lowerBound) to \(counts.upperBound)"
            )
        }
        return instances
    }

    // MARK: - MLflow models

    private static func draft(
        of path: String,
        origin: DeploymentDocument.Origin,
        named name: EndpointName? = nil,
        store: ModelStore
    ) throws(Problem) -> Draft {
        let check = ModelCheck(path: path, endpoint: name)
        if let problem = check.problems.first {
            throw problem.among(check.problems.count + check.unlisted, of: path)
        }
        guard let settings = check.settings, let endpoint = check.endpoint else {
            preconditionFailure("a check without problems has no settings: \(check)")
        }
        let stored = try adopt(check.kind, at: path, store)
        let copy = ModelCheck(
            folder: ModelDirectory(path: path, copiedTo: stored.path),
            name: "\(endpoint)",
            settings: nil
        )
        guard let model = copy.model, let environment = copy.environment else {
            throw (copy.problems.first ?? Self.changedMeanwhile(path))
        }
        return Draft(
            key: DeploymentKey(endpoint: endpoint, deployment: settings.deployment ?? .dropped),
            origin: origin,
            scorer: .mlflow(
                DeploymentDocument.MLflowScorer(
                    flavors: model.flavors,
                    importableModules: model.importableModules,
                    environment: environment.takingWheels(from: stored.path)
                )
            ),
            content: stored.digest,
            settings: ServingSettings(settings, retryUnlessSaid: .once),
            notices: check.notices.map(\.description)
        )
    }

    /// Copies a model from where it lies, or unpacks it.
    private static func adopt(
        _ kind: ModelKind,
        at path: String,
        _ store: ModelStore
    ) throws(Problem) -> StoredModel {
        switch kind {
        case .archive: try store.adopt(archive: path)
        case .modelBelow(let below): try store.adopt("\(path)/\(below)")
        default: try store.adopt(path)
        }
    }

    private static func changedMeanwhile(_ path: String) -> Problem {
        Problem(
            .conflict,
            code: "changedMeanwhile",
            what: "'\(path)' changed while it was copied",
            remedy: "deploy it again once nothing writes to it"
        )
    }

    // MARK: - Scorers of one's own

    private static func draft(
        of program: DeployRequest.ScorerProgram,
        named name: EndpointName?,
        store: ModelStore
    ) throws(Problem) -> Draft {
        let file = URL(fileURLWithPath: program.path).lastPathComponent
        switch ModelKind.recognise(program.path) {
        case .program, .script: break
        case .missing:
            throw Problem(
                .notFound,
                code: "noScorer",
                what: "cannot deploy '\(program.path)': there is no such file",
                remedy: "name the program's file with --scorer"
            )
        default:
            throw Problem(
                .invalid,
                code: "notAProgram",
                what: "cannot deploy '\(program.path)' as a scorer: it is no program",
                remedy: "name an executable file"
            )
        }
        guard access(program.path, X_OK) == 0 else {
            throw Problem(
                .invalid,
                code: "notExecutable",
                what: "cannot deploy '\(program.path)' as a scorer: it may not be executed",
                remedy: "chmod +x '\(program.path)'"
            )
        }
        let naming = EndpointNaming(folder: file)
        guard let endpoint = name ?? naming?.endpoint else {
            throw Problem(
                .invalid,
                code: "noName",
                what: "cannot make an endpoint's name of '\(file)'",
                remedy: "give one with --name"
            )
        }
        let stored = try store.adopt(program: program.path, named: file)
        return Draft(
            key: DeploymentKey(endpoint: endpoint, deployment: .dropped),
            origin: .deployed(path: program.path),
            scorer: .native(path: file, arguments: program.arguments),
            content: stored.digest,
            settings: ServingSettings(DeploymentSettings(), retryUnlessSaid: .never),
            notices: endpoint.text == file || name != nil
                ? [] : ["'\(file)' is served as '\(endpoint)'"]
        )
    }
}

extension Problem {
    /// The same problem, telling that it is not alone.
    fileprivate func among(_ count: Int, of path: String) -> Problem {
        guard count > 1 else { return self }
        return Problem(
            kind,
            code: code,
            what: what,
            remedy: (remedy.isEmpty ? "" : remedy + "; ")
                + "'scorekeeper check \(path)' lists \(count - 1) more",
            location: location
        )
    }
}
