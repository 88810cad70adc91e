// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What the document must agree with: its kind, the endpoint of the model's folder, the model.
extension DeploymentSettingsReader {
    mutating func readType(_ node: YAMLNode) {
        guard let text = values.text(node, "type"), text != "managed" else { return }
        values.refuse(
            "kind",
            "'type' is '\(text.excerpt)', and only 'managed' runs here",
            "remove it",
            node
        )
    }

    mutating func checkEndpoint(_ node: YAMLNode) {
        guard let written = settings.endpoint, let endpoint, written != endpoint else { return }
        values.refuse(
            "endpointMismatch",
            "'endpoint_name' is '\(written)', and the folder's endpoint is '\(endpoint)'",
            "remove it or rename the folder",
            node
        )
    }

    /// The model is the directory beside the document: what is written must mean that one.
    mutating func checkModel(_ node: YAMLNode) {
        guard !node.isNull, let folderName else { return }
        let written = node.text ?? node["path"]?.text ?? node["name"]?.text
        guard let written else {
            values.refuse("model", "'model' is \(node.kind)", "remove it", node)
            return
        }
        if let type = node["type"]?.text, type != "mlflow_model" {
            values.refuse(
                "model",
                "'model.type' is '\(type.excerpt)', and only 'mlflow_model' is served for now",
                "save the model with MLflow",
                node["type"] ?? node
            )
        }
        let name: String
        if written.hasPrefix("azureml:") {
            name =
                written.dropFirst("azureml:".count).split(whereSeparator: { ":@/".contains($0) })
                .first.map(String.init) ?? ""
        } else {
            name = RelativePath.lastComponent(of: written)
        }
        guard name != folderName else { return }
        values.refuse(
            "modelMismatch",
            "'model' is '\(written.excerpt)', and the model beside the document is "
                + "'\(folderName)'",
            "remove it or rename the folder",
            node
        )
    }
}
