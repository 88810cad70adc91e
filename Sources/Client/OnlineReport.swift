// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Vocabulary

/// Endpoints and deployments as a person reads them, in the words of Azure ML's command line.
public enum OnlineReport {
    /// One endpoint, a fact a line.
    public static func lines(_ endpoint: OnlineEndpoint) -> [String] {
        let facts: [(name: String, value: String)] = [
            ("name", endpoint.name.text),
            ("state", endpoint.provisioningState),
            ("scoring_uri", endpoint.scoringURI),
            ("auth_mode", endpoint.authMode),
            ("traffic", TrafficText.text(endpoint.traffic)),
            ("mirror", TrafficText.text(endpoint.mirrorTraffic)),
            ("deployments", endpoint.deployments.map(\.text).joined(separator: " ")),
            ("description", endpoint.description ?? ""),
            ("tags", words(endpoint.tags)),
            ("properties", words(endpoint.properties)),
        ]
        return lines(facts)
    }

    /// One deployment, a fact a line.
    public static func lines(_ deployment: OnlineDeployment) -> [String] {
        lines([
            ("name", deployment.name.text),
            ("endpoint_name", deployment.endpointName.text),
            ("state", deployment.provisioningState),
            ("because", deployment.why),
            ("revision", "\(deployment.revision)"),
            ("instance_type", deployment.instanceType ?? ""),
            ("instance_count", "\(deployment.instanceCount), \(deployment.serving) serving"),
            ("model", deployment.model ?? ""),
            ("environment", deployment.environment ?? ""),
            ("traffic", "\(deployment.traffic)%"),
            ("mirror", "\(deployment.mirrorTraffic)%"),
            ("description", deployment.description ?? ""),
            ("tags", words(deployment.tags)),
        ])
    }

    private static func words(_ labels: [String: String]) -> String {
        labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    }

    private static func lines(_ facts: [(name: String, value: String)]) -> [String] {
        let told = facts.filter { !$0.value.isEmpty }
        let width = told.map(\.name.count).max() ?? 0
        return told.map { "\($0.name.padded(to: width))  \($0.value.printable)" }
    }

    /// Several endpoints, a row each.
    public static func lines(_ endpoints: [OnlineEndpoint]) -> [String] {
        var table = Table([
            .words("NAME"), .words("STATE"), .words("TRAFFIC"), .words("MIRROR"),
            .words("DEPLOYMENTS"), .words("SCORING URI"),
        ])
        for endpoint in endpoints {
            table.add([
                endpoint.name.text, endpoint.provisioningState,
                TrafficText.text(endpoint.traffic), TrafficText.text(endpoint.mirrorTraffic),
                endpoint.deployments.map(\.text).joined(separator: " "), endpoint.scoringURI,
            ])
        }
        return table.lines
    }

    /// Deployments, a row each.
    public static func lines(_ deployments: [OnlineDeployment]) -> [String] {
        var table = Table([
            .words("NAME"), .words("STATE"), .words("REV"), .words("TYPE"), .number("INSTANCES"),
            .number("SERVING"), .number("TRAFFIC"), .number("MIRROR"), .words("BECAUSE"),
        ])
        for deployment in deployments {
            table.add([
                deployment.name.text, deployment.provisioningState, "\(deployment.revision)",
                deployment.instanceType ?? "",
                "\(deployment.instanceCount)", "\(deployment.serving)",
                "\(deployment.traffic)%", "\(deployment.mirrorTraffic)%", deployment.why,
            ])
        }
        return table.lines
    }
}
