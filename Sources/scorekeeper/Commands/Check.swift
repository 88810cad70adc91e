// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client
import Foundation
import Manifests
import Supervisor
import Vocabulary

/// `scorekeeper check`.
struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Says what a model or a document is, what it needs, and every problem.",
        discussion: """
            Starts nothing and needs no server. What the machine lacks is a notice. Problems are told with \
            file, line and column, and make the exit status 2.

            EXAMPLE
              scorekeeper check Samples/mlflow-iris
              scorekeeper check -f deployment.yml
              scorekeeper check -f Samples/blue-green
            """
    )

    @Argument(help: "The model's directory, or an archive of one.")
    var model: String?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "A document of an endpoint, a deployment, a model or an environment, or a folder of them.",
            valueName: "document"
        )
    )
    var file: String?

    @OptionGroup var format: OutputOptions

    func validate() throws {
        guard (model == nil) != (file == nil) else {
            throw ValidationError("Name a model's directory, or a document with -f.")
        }
    }

    func run() async throws {
        if let file {
            if DocumentsCheck.isDeployment(at: file) {
                try await check(document: file)
            } else {
                try await check(documents: file)
            }
        }
        if let model { try await check(model: model) }
    }

    private func check(document file: String) async throws {
        var check = try await ManifestInspection.check(
            file: file,
            endpoint: nil,
            libraryPath: OwnLibraries.path
        )
        if check.needsEnvironment, let missing = await missingTool() {
            check = check.noting(Notice(code: missing.code, text: "\(missing)"))
        }
        if let notice = check.settings?.instanceType.flatMap(InstanceTypes.notice(of:)) {
            check = check.noting(notice)
        }
        switch format.output {
        case .json: try Output.print(json: check)
        case .table: Output.print(check.lines.joined(separator: "\n"))
        }
        if !check.isServable { throw ExitCode(CommandStatus.badInput.rawValue) }
    }

    private func check(documents path: String) async throws {
        var check = try await ManifestInspection.check(
            documents: path,
            libraryPath: OwnLibraries.path
        )
        if check.needsEnvironment, let missing = await missingTool() {
            check = check.noting(Notice(code: missing.code, text: "\(missing)"))
        }
        switch format.output {
        case .json: try Output.print(json: check)
        case .table: Output.print(check.lines.joined(separator: "\n"))
        }
        if !check.isServable { throw ExitCode(CommandStatus.badInput.rawValue) }
    }

    private func check(model: String) async throws {
        var check = ModelCheck(path: model)
        if check.environment != nil, let missing = await missingTool() {
            check = check.noting(Notice(code: missing.code, text: "\(missing)"))
        }
        if let notice = check.settings?.instanceType.flatMap(InstanceTypes.notice(of:)) {
            check = check.noting(notice)
        }
        if check.isServable, let refusal = ManifestInspection.refusal(of: check.kind, at: model) {
            check = check.refusing(refusal)
        }
        switch format.output {
        case .json: try Output.print(json: check)
        case .table: Output.print(check.lines.joined(separator: "\n"))
        }
        if !check.isServable { throw ExitCode(CommandStatus.badInput.rawValue) }
    }

    private func missingTool() async -> Problem? {
        let state = DefaultState.folder(
            named: nil,
            variables: ProcessInfo.processInfo.environment,
            isRoot: geteuid() == 0
        )
        return await BuildTools.problem(state: absolutePath(state))
    }
}
