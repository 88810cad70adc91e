// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Vocabulary

/// The folder that holds all a server must remember, and where each thing stands in it.
///
/// Shape: `control.sock`, `run/*.sock`, `ledger.sqlite`, `lock`, `models/`, `environments/`,
/// `logs/`. Sockets, ledger and logs are their owner's alone; where that is root, scorers of other
/// uids may pass through to what they are told the way to: below `sandbox` nothing else leads there.
public struct StateFolder: Sendable {
    /// The folder's absolute path.
    public let path: String

    /// A unix socket's path may have 107 bytes; `/run/node-99.sock` needs 17 of them.
    private static let longestPath = 107 - "/run/gateway.sock".utf8.count

    /// Names the folder at `path`, without making it.
    ///
    /// Errors: `pathTooLong` when no unix socket could be bound inside.
    public init(path: String) throws(Problem) {
        let absolute = URL(fileURLWithPath: path).standardizedFileURL.path
        guard absolute.utf8.count <= Self.longestPath else {
            throw Problem(
                .invalid,
                code: "pathTooLong",
                what: "cannot keep state in '\(absolute)': a unix socket inside it would have a "
                    + "path longer than 107 bytes",
                remedy: "name a folder of at most \(Self.longestPath) bytes with --state"
            )
        }
        self.path = absolute
    }

    /// The control API's socket.
    public var controlSocket: String { path + "/control.sock" }
    /// The gateway's socket for its supervisor.
    public var gatewaySocket: String { path + "/run/gateway.sock" }
    /// The database.
    public var ledger: String { path + "/ledger.sqlite" }
    /// The file that the one server locks.
    public var lock: String { path + "/lock" }
    /// Copies of models, by digest.
    public var models: String { path + "/models" }
    /// Built environments, by digest.
    public var environments: String { path + "/environments" }
    /// What the processes wrote.
    public var logs: String { path + "/logs" }

    /// A node's socket for its supervisor.
    public func nodeSocket(_ node: NodeName) -> String { path + "/run/\(node).sock" }

    /// Where an instance's output is kept.
    public func log(of instance: InstanceID) -> String {
        "\(logs(of: instance.key))/\(instance.ordinal).log"
    }

    /// Where a deployment's instances write; its endpoint's folder is the one above.
    func logs(of key: DeploymentKey) -> String { "\(logs)/\(key.endpoint)/\(key.deployment)" }

    /// Whether the folder is not there, or nothing is in it.
    var isUnused: Bool {
        let names = try? FileManager.default.contentsOfDirectory(atPath: path)
        return names?.isEmpty ?? (access(path, F_OK) != 0)
    }

    /// Removes the logs of a deployment that is gone, and its endpoint's folder after the last.
    func removeLogs(of key: DeploymentKey) {
        try? FileManager.default.removeItem(atPath: logs(of: key))
        rmdir("\(logs)/\(key.endpoint)")
    }

    /// Removes the logs of every deployment but these.
    func removeLogs(except isThere: (DeploymentKey) -> Bool) {
        let folders = FileManager.default
        for endpoint in (try? folders.contentsOfDirectory(atPath: logs)) ?? [] {
            let names = (try? folders.contentsOfDirectory(atPath: "\(logs)/\(endpoint)")) ?? []
            for name in names {
                let key = DeploymentKey("\(endpoint)/\(name)")
                if let key, !isThere(key) { removeLogs(of: key) }
            }
        }
    }

    /// Makes the folder and its parts where they are missing.
    ///
    /// Errors: `stateFolder` when one cannot be made or written.
    public func make() throws(Problem) {
        let isOurs = access(ledger, F_OK) == 0
        let own = geteuid() == 0 ? 0o711 : 0o700
        let folders = [
            (path, own), (path + "/run", 0o711), (models, 0o711), (environments, 0o755),
            (logs, 0o700),
        ]
        for (folder, mode) in folders {
            do {
                try FileManager.default.createDirectory(
                    atPath: folder,
                    withIntermediateDirectories: true,
                    attributes: [.posixPermissions: mode]
                )
                // One that an earlier version made; never a folder that only came to be named.
                if isOurs, folder != environments { chmod(folder, mode_t(mode)) }
            } catch {
                throw Problem(
                    .failed,
                    code: "stateFolder",
                    what: "cannot make '\(folder)': \(error.localizedDescription)",
                    remedy: "name a folder that you may write with --state"
                )
            }
        }
    }
}
