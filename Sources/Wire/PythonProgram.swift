// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// A Python scorer: an interpreter, our runtime, and what the runtime serves.
public struct PythonProgram: Codable, Sendable {
    /// What the runtime serves; all paths are of copies.
    public enum Work: Codable, Sendable, Hashable {
        /// The MLflow model in this directory.
        case model(String)
        /// A scoring script in its source directory; with what `AZUREML_MODEL_DIR` names, if
        /// there is a model.
        case script(String, sourceDirectory: String, modelDirectory: String?)
    }

    /// The built environment's interpreter.
    public var interpreter: String
    /// The built environment's prefix and whatever its interpreter leans on outside it.
    public var environmentPaths: [String]
    /// The environment's digest: runs of one environment share a warmed parent.
    public var environment: String
    /// The folder of our Python runtime.
    public var runtime: String
    /// What the runtime serves.
    public var work: Work
    /// Modules that the warmed parent imports before it forks; empty starts the scorer cold.
    public var warmModules: [String]

    /// Makes a program.
    public init(
        interpreter: String,
        environmentPaths: [String],
        environment: String,
        runtime: String,
        work: Work,
        warmModules: [String]
    ) {
        self.interpreter = interpreter
        self.environmentPaths = environmentPaths
        self.environment = environment
        self.runtime = runtime
        self.work = work
        self.warmModules = warmModules
    }
}

extension PythonProgram.Work {
    /// What the runtime is told, cold after its verb and forked as all its arguments.
    public var words: [String] {
        switch self {
        case .model(let path): ["--model", path]
        case .script(let path, let source, let model):
            ["--script", path, "--source-directory", source]
                + (model.map { ["--model-dir", $0] } ?? [])
        }
    }

    /// The directories that it reads, the one that it is named after first.
    public var directories: [String] {
        switch self {
        case .model(let path): [path]
        case .script(_, let source, let model): [source] + (model.map { [$0] } ?? [])
        }
    }
}
