// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Vocabulary

/// What the attacker is told of the machine, so that it need not guess: an attempt shall fail because
/// it was stopped, not because it did not know where to go.
struct EscapeFacts: Sendable {
    /// The server's state folder.
    let state: String
    /// The gateway's process.
    let gateway: Int32
    /// Names and values, in order.
    let parameters: [(name: String, value: String)]

    /// What the log flood writes: many times what is kept.
    private static let logBytes = 64 << 20

    init(_ status: ServerStatus, state: String, _ surroundings: EscapeSurroundings) {
        self.state = state
        gateway = status.gateway.pid ?? 0
        func pid(_ name: String) -> Int32 {
            let endpoint = status.endpoints.first { $0.name.text == name }
            return endpoint?.deployments.first?.instances.first?.pid ?? 0
        }
        let models = state + "/models"
        let port = status.server.listeners.first?.address.split(separator: ":").last ?? ""
        var told: [(name: String, value: String)] = [
            ("state", state), ("models", models), ("host_tmp", surroundings.hostFolder),
            ("neighbour_file", Self.file("escape-neighbour", in: models) ?? ""),
            ("prefix", EscapeSurroundings.prefix), ("gateway", String(port)),
            ("neighbour_pid", "\(pid("neighbour"))"), ("victim_pid", "\(pid("victim"))"),
            ("node_pid", "\(status.nodes.first?.pid ?? 0)"), ("gateway_pid", "\(gateway)"),
            ("supervisor_pid", "\(status.server.pid)"),
            ("memory", "\(EscapeTrial.instanceType.memoryBytes)"),
            ("millicores", "\(EscapeTrial.instanceType.millicores)"),
            ("log_bytes", "\(Self.logBytes)"),
        ]
        told += surroundings.places.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        parameters = told
    }

    private static func file(_ name: String, in models: String) -> String? {
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: models)) ?? []
        return folders.map { "\(models)/\($0)/\(name)" }
            .first { FileManager.default.fileExists(atPath: $0) }
    }

    /// A request's body for an attempt; `daemon` is what a process calls itself that stays.
    func body(_ attempt: EscapeAttempt, daemon: String) -> Data {
        let lines =
            [attempt.word] + parameters.map { "\($0.name)=\($0.value)" } + ["daemon=\(daemon)", ""]
        return Data(lines.joined(separator: "\n").utf8)
    }
}
