// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What an `MLmodel` file says about the model beside it.
///
/// Source: mlflow/models/model.py (`Model.to_dict`) and mlflow/pyfunc/__init__.py (`load_model`).
public struct ModelDescription: Hashable, Codable, Sendable {
    /// The files that say what the model needs, by the tool that reads them.
    public struct EnvironmentFiles: Hashable, Codable, Sendable {
        /// For conda: `conda.yaml`.
        public let conda: String?
        /// For a virtual environment: `python_env.yaml`.
        public let virtualenv: String?
    }

    /// The example request that was saved with the model.
    public struct InputExample: Hashable, Codable, Sendable {
        /// The example as it was given.
        public let path: String
        /// The body that the scoring server would be sent, where it was saved.
        public let servingPath: String?
        /// How it is written: `dataframe`, `ndarray`, `json_object`...
        public let kind: String?
    }

    /// A file or directory that must be there, and where that is said.
    public struct RequiredFile: Hashable, Codable, Sendable {
        /// Its path inside the model's directory.
        public let path: String
        /// Where it is named.
        public let location: Problem.Location
    }

    /// Every flavor, in the order of the file.
    public let flavors: [String]
    /// The Python module that loads the model, for example `mlflow.sklearn`.
    public let loaderModule: String
    /// What is handed to the loader, relative; nothing stands for the model's directory.
    public let data: String?
    /// The directory put first on Python's path, relative.
    public let code: String?
    /// The environment files that the flavor names.
    public let environmentFiles: EnvironmentFiles
    /// The Python that the model was saved with.
    public let pythonVersion: PythonVersion?
    /// Keys of the model's own configuration.
    public let configurationKeys: [String]
    /// The file of a model that was saved as code, relative.
    public let modelCodePath: String?
    /// The loaded object's function that scores.
    public let predictFunction: String
    /// Whether the model can answer in parts.
    public let isStreamable: Bool
    /// What goes in and comes out, where it is declared.
    public let signature: ModelSignature?
    /// The example request, where there is one.
    public let inputExample: InputExample?
    /// Names of the environment variables that the model wants.
    public let variableNames: [String]
    /// When the model was saved, as MLflow writes it: `2023-03-16 09:15:02.123456`, UTC.
    public let savedAt: String?
    /// The MLflow that saved the model.
    public let mlflowVersion: String?
    /// Everything the file names inside the model's directory, sorted by path, itself included: a
    /// copy is whole when all of it is there.
    public let requiredFiles: [RequiredFile]

    /// The modules that a warmed parent may import for this model, in order.
    ///
    /// Only modules of packages: a loader of the model's own would be the model's code. The library
    /// of a flavor is among them where it is known to survive a fork.
    public var importableModules: [String] {
        var modules = ["mlflow.pyfunc"]
        if loaderModule.hasPrefix("mlflow."), loaderModule != "mlflow.pyfunc.model" {
            modules.append(loaderModule)
        }
        for flavor in flavors {
            if let library = Self.libraries[flavor] { modules.append(library) }
        }
        return modules
    }

    /// The first day of the month after the one that the model was saved in: `2023-04-01`.
    ///
    /// Nothing where that is not written as MLflow writes it.
    var monthAfterSaving: String? {
        guard let savedAt,
            let match = savedAt.prefixMatch(of: /(\d{4})-(\d\d)-\d\d[ T]/),
            let year = Int(match.1), let month = Int(match.2), (1...12).contains(month)
        else { return nil }
        let next = month % 12 + 1
        return "\(month == 12 ? year + 1 : year)-\(next < 10 ? "0" : "")\(next)-01"
    }

    private static let libraries = [
        "catboost": "catboost", "lightgbm": "lightgbm", "onnx": "onnxruntime",
        "sklearn": "sklearn", "statsmodels": "statsmodels", "xgboost": "xgboost",
    ]
}
