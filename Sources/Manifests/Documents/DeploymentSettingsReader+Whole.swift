// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What a document that stands alone must say, and what contradicts itself in it.
extension DeploymentSettingsReader {
    /// Keys of ours that mean something to Python alone.
    private static let pythonKeys = [
        "scorekeeper.python", "scorekeeper.fork_server", "scorekeeper.merge",
        "scorekeeper.debug_errors",
    ]
    /// Variables that are set for every scorer of one's own.
    private static let ownVariables = [
        "AZUREML_MODEL_DIR", "AZUREML_ENTRY_SCRIPT", "AML_APP_ROOT",
    ]

    /// Checks what only the whole document shows.
    mutating func checkWhole(_ root: YAMLNode) {
        let has = manifest.places
        switch (has["code_configuration"], has["scorekeeper.scorer"]) {
        case (let code?, let scorer?):
            values.findings.refuse(
                "scriptAndProgram",
                "'scorekeeper.scorer' names a program, and 'code_configuration' "
                    + "(line \(code.line ?? 0)) a script: one of them scores",
                "remove one of them",
                at: scorer
            )
        case (.some, nil): checkScript(root)
        case (nil, let scorer?): checkProgram(scorer)
        case (nil, nil): checkModelAlone(root)
        }
        guard has["code_configuration"] != nil || has["scorekeeper.scorer"] != nil else { return }
        for name in Self.ownVariables where settings.variables[name] != nil {
            values.findings.note(
                "ownVariable",
                "the variable '\(name)' is set for the scorer whatever stands here",
                at: has["environment_variables"]
            )
        }
    }

    private mutating func checkScript(_ root: YAMLNode) {
        if manifest.places["environment"] == nil {
            values.refuse(
                "noEnvironment",
                "the document says nowhere what its script needs: 'environment' is missing",
                "write 'environment: azureml:minimal-python@latest', or one with 'conda_file'",
                root
            )
        }
        if let place = manifest.places["scorekeeper.merge"] {
            values.findings.refuse(
                "scriptKey",
                "'scorekeeper.merge' is for models: requests to a script never share a call",
                "remove it",
                at: place
            )
        }
    }

    private mutating func checkProgram(_ scorer: Problem.Location) {
        for key in Self.pythonKeys {
            guard let place = manifest.places[key] else { continue }
            values.findings.refuse(
                "programKey",
                "'\(key)' is for Python, and 'scorekeeper.scorer' (line \(scorer.line ?? 0)) "
                    + "names a program",
                "remove one of them",
                at: place
            )
        }
        if case .defined(let defined) = manifest.environment {
            values.findings.refuse(
                "programEnvironment",
                "'environment' has packages for Python, and 'scorekeeper.scorer' "
                    + "(line \(scorer.line ?? 0)) names a program, which brings what it needs",
                "remove one of them; 'azureml:native@latest' may stay",
                at: defined.location
            )
        }
    }

    private mutating func checkModelAlone(_ root: YAMLNode) {
        if manifest.places["model"] == nil {
            values.refuse(
                "nothingToDeploy",
                "the document says nowhere what scores",
                "write 'model' for an MLflow model, 'code_configuration' for a script, or "
                    + "'scorekeeper.scorer' under 'properties' for a program",
                root
            )
        }
        if let place = manifest.places["environment"] {
            values.findings.refuse(
                "modelEnvironment",
                "'environment' is for a script, and there is no 'code_configuration'",
                "remove it, since an MLflow model says itself what it needs; or name the script",
                at: place
            )
        }
    }
}
