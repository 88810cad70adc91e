// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import EnvironmentBuilder
import ModelStore
import Vocabulary
import Wire

/// From a revision's document to what a node must know to start one run of it.
extension SpawnOrder {
    /// Writes the order; `environment` is the built one that a Python scorer runs in.
    init(
        _ run: Run,
        _ document: DeploymentDocument,
        _ environment: BuiltEnvironment?,
        in configuration: ServerConfiguration,
        _ store: ModelStore
    ) {
        let copies = document.contents.map { "\(store.folder)/\($0)" }
        let content = copies[0]
        let model = document.scorer.model.map { OwnModel($0, in: store) }
        var variables = document.settings.variables
        let program: Program
        switch (document.scorer, environment) {
        case (.mlflow(let scorer), let environment?):
            let fork = ForkPlan.decide(
                isWanted: document.settings.isForkServerWanted,
                flavors: scorer.flavors,
                importing: scorer.importableModules,
                packages: environment.packages.map(\.name)
            )
            program = .python(
                environment,
                serving: .model(content),
                warming: fork,
                in: configuration
            )
        case (.script(let scorer), let environment?):
            let fork = ForkPlan.decide(
                isWanted: document.settings.isForkServerWanted,
                packages: environment.packages.map(\.name)
            )
            program = .python(
                environment,
                serving: .script(
                    "\(content)/\(scorer.script)",
                    sourceDirectory: content,
                    modelDirectory: model?.azureDirectory
                ),
                warming: fork,
                in: configuration
            )
            variables.set(["AML_APP_ROOT": content, "AZUREML_ENTRY_SCRIPT": scorer.script])
            let service = variables["SERVICE_NAME"] ?? run.instance.key.endpoint.text
            variables["SERVICE_NAME"] = service
        case (.mlflow, nil), (.script, nil):
            preconditionFailure("\(run) has no environment: \(document)")
        case (.native(let path, let arguments, _, let libraries), _):
            program = .native(path: "\(content)/\(path)", arguments: arguments)
            if let libraries { variables.search("\(content)/\(libraries)") }
        }
        variables.set(model?.variables ?? [:])
        self.init(
            run: run,
            program: program,
            variables: variables,
            readable: copies,
            instanceType: document.settings.instanceType,
            isNetworkAllowed: document.settings.isNetworkAllowed,
            minimumIsolation: document.settings.minimumIsolation,
            logPath: configuration.state.log(of: run.instance),
            isOnGatewayCore: document.settings.isOnGatewayCore
        )
    }
}

extension SpawnOrder.Program {
    fileprivate static func python(
        _ environment: BuiltEnvironment,
        serving work: PythonProgram.Work,
        warming fork: ForkPlan,
        in configuration: ServerConfiguration
    ) -> SpawnOrder.Program {
        .python(
            PythonProgram(
                interpreter: environment.interpreter,
                environmentPaths: [environment.prefix] + environment.supportingPaths,
                environment: environment.digest.hexadecimal,
                runtime: configuration.support.python,
                work: work,
                warmModules: fork.modules
            )
        )
    }
}

/// Where a scorer of one's own finds its model.
///
/// Azure's rule: `AZUREML_MODEL_DIR` holds a folder under its leaf name, and a file as it is. Ours
/// besides: `SCOREKEEPER_MODEL_DIR` is the folder itself.
private struct OwnModel {
    let azureDirectory: String
    let directory: String

    init(_ part: DeploymentDocument.ModelPart, in store: ModelStore) {
        azureDirectory = "\(store.folder)/\(part.content)"
        directory = part.isFolder ? "\(azureDirectory)/\(part.name)" : azureDirectory
    }

    var variables: [String: String] {
        ["AZUREML_MODEL_DIR": azureDirectory, "SCOREKEEPER_MODEL_DIR": directory]
    }
}

extension [String: String] {
    /// Sets variables of ours, whatever a person has written there.
    fileprivate mutating func set(_ ours: [String: String]) {
        merge(ours) { _, ours in ours }
    }

    /// Has the loader look in a folder before it looks where a person said.
    fileprivate mutating func search(_ folder: String) {
        let name = "LD_LIBRARY_PATH"
        self[name] = [folder, self[name] ?? ""].filter { !$0.isEmpty }.joined(separator: ":")
    }
}
