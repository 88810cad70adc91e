// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Vocabulary

/// Endpoints and deployments as a person reads them, in the words of Azure ML's command line.
public enum OnlineReport {
    /// One endpoint, a fact a line.
    public static func lines(_ endpoint: OnlineEndpoint) -> [String] {
        let tags = endpoint.tags.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let facts: [(name: String, value: String)] = [
            ("name", endpoint.name.text),
            ("state", endpoint.provisioningState),
            ("scoring_uri", endpoint.scoringURI),
            ("auth_mode", endpoint.authMode),
            ("traffic", TrafficText.text(endpoint.traffic)),
            ("mirror", TrafficText.text(endpoint.mirrorTraffic)),
            ("deployments", endpoint.deployments.map(\.text).joined(separator: " ")),
            ("description", endpoint.description ?? ""),
            ("tags", tags.joined(separator: " ")),
        ]
        return facts.filter { !$0.value.isEmpty }
            .map { "\($0.name.padded(to: 11))  \($0.value.printable)" }
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
            .words("NAME"), .words("STATE"), .words("REV"), .number("INSTANCES"),
            .number("SERVING"), .number("TRAFFIC"), .number("MIRROR"), .words("BECAUSE"),
        ])
        for deployment in deployments {
            table.add([
                deployment.name.text, deployment.provisioningState, "\(deployment.revision)",
                "\(deployment.instanceCount)", "\(deployment.serving)",
                "\(deployment.traffic)%", "\(deployment.mirrorTraffic)%", deployment.why,
            ])
        }
        return table.lines
    }
}
