// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client
import ControlAPI
import Foundation
import Manifests
import Supervisor
import Vocabulary

/// `scorekeeper deploy`.
struct Deploy: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serves a model, or replaces the one behind a name, and waits until it serves.",
        discussion: """
            The model is copied by its content: editing the folder afterwards changes nothing. Its \
            settings are read from NAME.yml beside it. A document that is named with -f says what is \
            served too: a model, a script, or a program; a program that has settings needs one. \
            Arguments after -- go to the scorer.

            EXAMPLE
              scorekeeper deploy Samples/mlflow-iris --name iris --instances 2
              scorekeeper deploy -f deployment.yml
              scorekeeper deploy --scorer ./echo --name echo -- --verbose
              scorekeeper deploy ./weights --scorer ./my-scorer
            """
    )

    @Argument(help: "The model's directory or archive; may be left out with --scorer or -f.")
    var model: String?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("A document that says what is served.", valueName: "document")
    )
    var file: String?

    @Option(help: "The endpoint's name, if not the model's or the scorer's.")
    var name: String?

    @Option(help: "How many instances, if not what is declared.")
    var instances: Int?

    @Option(help: ArgumentHelp("A program that scores over the lane.", valueName: "program"))
    var scorer: String?

    @Argument(parsing: .postTerminator, help: "The scorer's arguments.")
    var arguments: [String] = []

    @Flag(help: "Leave once the server has taken it up.")
    var noWait = false

    @OptionGroup var server: StateOptions
    @OptionGroup var format: OutputOptions

    func validate() throws {
        guard file == nil || (model == nil && scorer == nil) else {
            throw ValidationError("The document of -f says which model and scorer: name it alone.")
        }
        guard file != nil || model != nil || scorer != nil else {
            throw ValidationError(
                "Name a model directory, a document with -f, or a program with --scorer."
            )
        }
        guard scorer != nil || arguments.isEmpty else {
            throw ValidationError("Arguments after -- are a scorer's: name it with --scorer.")
        }
        guard (instances ?? 1) > 0 else { throw ValidationError("--instances begins at 1.") }
    }

    func run() async throws {
        if let file { try await check(file) }
        let answer = try await server.client.deploy(request())
        for notice in answer.notices + unread { Output.tell("notice: \(notice.printable)") }
        let deployment = noWait ? nil : try await server.client.waitUntilServing(answer)
        for notice in deployment?.environment?.notices ?? [] {
            Output.tell("notice: \(notice.printable)")
        }
        if let deployment, deployment.percent == 0 {
            let (endpoint, name) = (answer.key.endpoint, answer.key.deployment)
            Output.tell(
                "notice: '\(answer.key)' gets no requests: others behind '\(endpoint)' answer "
                    + "them; give it some with 'scorekeeper online-endpoint update -n \(endpoint) "
                    + "--traffic \"\(name)=100\"', or name it alone with --name"
            )
        }
        switch format.output {
        case .json:
            try Output.print(json: Report(answer: answer, deployment: deployment))
        case .table:
            let level = deployment?.isolation.map { ", isolated by '\($0.rawValue)'" } ?? ""
            let doing = deployment == nil ? "is taken up" : "serves"
            Output.print("\(answer.key) \(answer.revision) \(doing)\(level)")
            for reason in deployment?.isolationReasons ?? [] {
                Output.print("not isolated further: \(reason.printable)")
            }
            Output.print(answer.url)
        }
    }

    /// What programs are told.
    private struct Report: Encodable {
        let answer: DeployAnswer
        let deployment: DeploymentStatus?
    }

    /// Settings that stand beside a program: a model's would be read, a program's need -f.
    private var unread: [String] {
        guard let scorer else { return [] }
        let bare = (scorer as NSString).deletingPathExtension
        let bases = [scorer, bare] + [model].compactMap(\.self)
        var found: [String] = []
        for base in bases {
            for file in ["\(base).yml", "\(base).yaml"]
            where FileManager.default.fileExists(atPath: file) && !found.contains(file) {
                found.append(file)
            }
        }
        return found.map { file in
            "'\(file)' is not read: a program's settings are a document's that names it as "
                + "'scorekeeper.scorer' under 'properties'; deploy that with -f"
        }
    }

    /// Tells every problem of the document at once: a server answers with the first.
    private func check(_ file: String) async throws {
        let check = try await ManifestInspection.check(
            file: file,
            endpoint: try name.map(Naming.endpoint),
            libraryPath: OwnLibraries.path
        )
        guard !check.isServable else { return }
        for problem in check.problems { Output.tell("problem: \("\(problem)".printable)") }
        if check.unlisted > 0 { Output.tell("and \(check.unlisted) more problems") }
        throw ExitCode(CommandStatus.badInput.rawValue)
    }

    private func request() throws(Problem) -> DeployRequest {
        DeployRequest(
            name: try name.map(Naming.endpoint),
            file: file.map(absolutePath),
            model: model.map(absolutePath),
            scorer: scorer.map {
                DeployRequest.ScorerProgram(path: absolutePath($0), arguments: arguments)
            },
            libraryPath: OwnLibraries.path,
            instances: instances
        )
    }
}
