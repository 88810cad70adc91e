// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Client
import ControlAPI

/// How answers of `online-endpoint` and `online-deployment` are printed.
extension Output {
    static func print(_ endpoint: OnlineEndpoint, _ format: OutputOptions.Format) throws {
        for notice in endpoint.notices { tell("notice: \(notice.printable)") }
        try print(endpoint, as: OnlineReport.lines(endpoint), format)
    }

    static func print(_ endpoints: [OnlineEndpoint], _ format: OutputOptions.Format) throws {
        try print(endpoints, as: OnlineReport.lines(endpoints), format)
    }

    static func print(_ deployments: [OnlineDeployment], _ format: OutputOptions.Format) throws {
        try print(deployments, as: OnlineReport.lines(deployments), format)
    }

    static func print(_ deployment: OnlineDeployment, _ format: OutputOptions.Format) throws {
        try print(deployment, as: OnlineReport.lines(deployment), format)
    }

    /// Prints a value for programs, or its lines for people.
    static func print(
        _ value: some Encodable,
        as lines: [String],
        _ format: OutputOptions.Format
    ) throws {
        switch format {
        case .json: try print(json: value)
        case .table: for line in lines { print(line) }
        }
    }
}
