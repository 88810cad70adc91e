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
    /// The instance types that may be named.
    let types: InstanceTypes

    /// Reads what `scorekeeper deploy` named.
    ///
    /// Shape: `environments` is the folder of the curated ones.
    /// Errors: what `check` would tell; `copyFailed`, `diskFull` from the copy.
    func read(
        _ request: DeployRequest,
        environments: String,
        assets: ServerAssets
    ) async throws(Problem) -> Draft {
        let plan = try await Self.offLoop { () throws(Problem) in
            try DeployPlan(request, environments: environments, assets: assets)
        }
        var draft = try await draft(of: plan, libraryPath: request.libraryPath)
        draft.assets = assets.used
        return draft
    }

    /// Reads what `scorekeeper online-deployment` named.
    ///
    /// Errors: as above.
    func read(
        _ request: OnlineDeploymentRequest,
        environments: String,
        assets: ServerAssets
    ) async throws(Problem) -> Draft {
        let plan = try await Self.offLoop { () throws(Problem) in
            try DeployPlan(request, environments: environments, assets: assets)
        }
        var draft = try await draft(of: plan, libraryPath: request.libraryPath)
        draft.assets = assets.used
        return draft
    }

    /// Reads a deployment as it was declared, with values written over its document.
    ///
    /// Errors: as above.
    func read(
        _ present: DeploymentDocument,
        _ written: WrittenDocument,
        setting overrides: [ManifestOverride],
        libraryPath: String?,
        environments: String,
        assets: ServerAssets
    ) async throws(Problem) -> Draft {
        let plan = try await Self.offLoop { () throws(Problem) in
            try DeployPlan(
                present,
                written,
                setting: overrides,
                environments: environments,
                assets: assets
            )
        }
        var draft = try await draft(of: plan, libraryPath: libraryPath)
        draft.assets = assets.used
        return draft
    }

    private func draft(
        of plan: DeployPlan,
        libraryPath: String?
    ) async throws(Problem) -> Draft {
        let type = try Self.type(of: plan, among: types)
        let companions = try await plan.companions(libraryPath: libraryPath ?? "")
        let store = self.store
        return try await Self.offLoop { () throws(Problem) in
            try Self.draft(of: plan, on: type, with: companions, store)
        }
    }

    /// Reads an entry of the models folder.
    ///
    /// Errors: what `check` would tell; `copyFailed`, `diskFull` from the copy.
    func read(dropped name: String, at path: String) async throws(Problem) -> Draft {
        let (store, types) = (self.store, self.types)
        return try await Self.offLoop { () throws(Problem) in
            let check = ModelCheck(path: path)
            let origin = DeploymentDocument.Origin.dropped(name: name, path: path)
            let plan = try DeployPlan(check, from: origin)
            let type = try Self.type(of: plan, among: types)
            return try Self.draft(of: plan, on: type, with: [], store)
        }
    }

    /// What an instance gets: the type that is named, before anything is copied for it.
    private static func type(
        of plan: DeployPlan,
        among types: InstanceTypes
    ) throws(Problem) -> InstanceType {
        guard let name = plan.settings.instanceType else { return .shared }
        return try types.find(name)
    }

    /// Runs work that reads and copies files where nobody waits for it.
    ///
    /// Shape: where the task is cancelled, copies end within a block: a server that stops must not
    /// wait for gigabytes.
    static func offLoop<Value: Sendable>(
        _ work: @escaping @Sendable () throws(Problem) -> Value
    ) async throws(Problem) -> Value {
        let interruption = Interruption()
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let thread = Thread {
                    continuation.resume(returning: interruption.perform(work))
                }
                thread.name = "intake"
                thread.start()
            }
        } onCancel: {
            interruption.want()
        }
        return try outcome.get()
    }

    private static func draft(
        of plan: DeployPlan,
        on type: InstanceType,
        with companions: [LibrarySearch.Companion],
        _ store: ModelStore
    ) throws(Problem) -> Draft {
        let copied: Copied
        switch plan.work {
        case .model(let check, let path):
            copied = try copy(check, at: path, named: plan.key.endpoint, store)
        case .script(let script): copied = try copy(script, store)
        case .program(let program, let arguments, let model):
            copied = try copy(program, arguments, model, companions, store)
        }
        let aboutType = InstanceTypes.notice(of: type, at: plan.settings.instanceType?.location)
        return Draft(
            key: plan.key,
            origin: plan.origin,
            scorer: copied.scorer,
            content: copied.content,
            settings: ServingSettings(
                plan.settings,
                on: type,
                retryUnlessSaid: plan.retryUnlessSaid
            ),
            written: plan.written,
            notices: plan.notices + [aboutType].compactMap { $0?.description }
                + companions.map(\.notice)
        )
    }

    /// What stands in the store.
    private struct Copied {
        let scorer: DeploymentDocument.Scorer
        let content: Digest
    }

    // MARK: - MLflow models

    private static func copy(
        _ check: ModelCheck,
        at path: String,
        named endpoint: EndpointName,
        _ store: ModelStore
    ) throws(Problem) -> Copied {
        let stored = try adopt(check.kind, at: path, store)
        let copy = ModelCheck(
            folder: ModelDirectory(path: path, copiedTo: stored.path),
            name: "\(endpoint)",
            settings: nil
        )
        guard let model = copy.model, let environment = copy.environment else {
            throw (copy.problems.first ?? changedMeanwhile(path))
        }
        return Copied(
            scorer: .mlflow(
                DeploymentDocument.MLflowScorer(
                    flavors: model.flavors,
                    importableModules: model.importableModules,
                    environment: environment.takingWheels(from: stored.path)
                )
            ),
            content: stored.digest
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

    private static func copy(
        _ script: ManifestCheck.Script,
        _ store: ModelStore
    ) throws(Problem) -> Copied {
        let code = try store.adopt(code: script.folder)
        guard ModelDirectory(path: code.path).kind(of: script.script) == .file else {
            throw changedMeanwhile(script.folder)
        }
        let scorer = DeploymentDocument.ScriptScorer(
            script: script.script,
            environment: script.environment,
            model: try copy(script.model, store)
        )
        return Copied(scorer: .script(scorer), content: code.digest)
    }

    private static func copy(
        _ program: ProgramFile,
        _ arguments: [String],
        _ model: ManifestCheck.Part?,
        _ companions: [LibrarySearch.Companion],
        _ store: ModelStore
    ) throws(Problem) -> Copied {
        let file = URL(fileURLWithPath: program.path).lastPathComponent
        let stored = try store.adopt(program: program.path, named: file, with: companions)
        let scorer = DeploymentDocument.Scorer.native(
            path: file,
            arguments: arguments,
            model: try copy(model, store),
            libraries: companions.isEmpty ? nil : ModelStore.libraries(of: file)
        )
        return Copied(scorer: scorer, content: stored.digest)
    }

    private static func copy(
        _ part: ManifestCheck.Part?,
        _ store: ModelStore
    ) throws(Problem) -> DeploymentDocument.ModelPart? {
        guard let part else { return nil }
        let stored = try store.adopt(files: part.path, named: part.name)
        return DeploymentDocument.ModelPart(
            content: stored.digest,
            name: part.name,
            isFolder: part.isFolder
        )
    }
}
