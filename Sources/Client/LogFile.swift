// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Vocabulary

/// A file that the output of an instance, or of a build, is kept in.
public struct LogFile: Sendable, Hashable {
    /// The deployment whose output it is.
    public let deployment: DeploymentName
    /// The instance's number; nothing for a build.
    public let ordinal: Int?
    /// The file.
    public let path: String

    /// `deployment/ordinal`, or `deployment/environment` for a build.
    public var label: String { "\(deployment)/\(ordinal.map(String.init) ?? "environment")" }

    /// The files of an endpoint's instances under a state folder, by deployment, then by ordinal.
    ///
    /// They are read from the folder and not asked for: what a server wrote before it died is
    /// wanted most when it is dead.
    public static func all(of endpoint: EndpointName, state: String) -> [LogFile] {
        let folder = "\(state)/logs/\(endpoint)"
        return names(in: folder).compactMap(DeploymentName.init).flatMap { deployment in
            let ordinals = names(in: "\(folder)/\(deployment)").compactMap { name in
                name.hasSuffix(".log") ? Int(name.dropLast(4)) : nil
            }
            return ordinals.sorted().map { ordinal in
                LogFile(
                    deployment: deployment,
                    ordinal: ordinal,
                    path: "\(folder)/\(deployment)/\(ordinal).log"
                )
            }
        }
    }

    /// The build logs of environments that are not built.
    public static func builds(of endpoint: EndpointStatus) -> [LogFile] {
        endpoint.deployments.compactMap { deployment in
            guard let environment = deployment.environment, environment.state != .built,
                let log = environment.log
            else { return nil }
            return LogFile(deployment: deployment.name, ordinal: nil, path: log)
        }
    }

    private static func names(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }
}
