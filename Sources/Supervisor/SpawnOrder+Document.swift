// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import EnvironmentBuilder
import ModelStore
import Vocabulary
import Wire

/// From a revision's document to what a node must know to start one run of it.
extension SpawnOrder {
    /// Writes the order; `environment` is the built one that an MLflow scorer runs in.
    init(
        _ run: Run,
        _ document: DeploymentDocument,
        _ environment: BuiltEnvironment?,
        in configuration: ServerConfiguration,
        _ store: ModelStore
    ) {
        let content = "\(store.folder)/\(document.content)"
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
                PythonProgram(
                    interpreter: environment.interpreter,
                    environmentPaths: [environment.prefix] + environment.supportingPaths,
                    environment: environment.digest.hexadecimal,
                    runtime: configuration.support.python,
                    model: content,
                    warmModules: fork.modules
                )
            )
        case (.mlflow, nil):
            preconditionFailure("\(run) has no environment: \(document)")
        case (.native(let path, let arguments), _):
            program = .native(path: "\(content)/\(path)", arguments: arguments)
        }
        self.init(
            run: run,
            program: program,
            variables: document.settings.variables,
            readable: [content],
            instanceType: document.settings.instanceType,
            isNetworkAllowed: document.settings.isNetworkAllowed,
            minimumIsolation: document.settings.minimumIsolation,
            logPath: configuration.state.log(of: run.instance)
        )
    }
}
