// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Vocabulary

/// A file that the output of an instance, or of a build, is kept in.
public struct LogFile: Sendable, Hashable {
    /// `deployment/ordinal`, or `deployment/environment` for a build.
    public let label: String
    /// The file.
    public let path: String

    /// The files of an endpoint's instances under a state folder, by deployment, then by ordinal.
    ///
    /// They are read from the folder and not asked for: what a server wrote before it died is
    /// wanted most when it is dead.
    public static func all(of endpoint: EndpointName, state: String) -> [LogFile] {
        let folder = "\(state)/logs/\(endpoint)"
        return names(in: folder).flatMap { deployment in
            let ordinals = names(in: "\(folder)/\(deployment)").compactMap { name in
                name.hasSuffix(".log") ? Int(name.dropLast(4)) : nil
            }
            return ordinals.sorted().map { ordinal in
                LogFile(
                    label: "\(deployment)/\(ordinal)",
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
            return LogFile(label: "\(deployment.name)/environment", path: log)
        }
    }

    private static func names(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }
}
