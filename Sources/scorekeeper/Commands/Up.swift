// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client
import ControlAPI
import Foundation
import Manifests
import Supervisor
import Vocabulary

/// `scorekeeper up`.
struct Up: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serves one model in the foreground, without keeping state.",
        discussion: """
            It answers at the root of its port, as 'mlflow models serve' does: /invocations, /ping, \
            /health, /version. INT, TERM and HUP drain it; nothing is left behind but the built \
            environment.

            EXAMPLE
              scorekeeper up Samples/mlflow-iris --port 5000
            """
    )

    @Argument(help: "The model's directory, or an archive of one.")
    var model: String

    @Option(help: "The port; 0 takes a free one.")
    var port: UInt16 = 5000

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "How many instances, if not what is declared.")
    var instances: Int?

    @Flag(help: "Allow listening beyond this machine, without authentication.")
    var insecure = false

    func validate() throws {
        guard (instances ?? 1) > 0 else { throw ValidationError("--instances begins at 1.") }
    }

    func run() async throws {
        let address = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        let path = absolutePath(model)
        let count = instances
        let server = try Server.up(
            UpOptions(model: path, listen: address, instances: count, insecure: insecure)
        )
        let client = ControlClient(state: server.stateFolder)
        try await server.run { () throws(Problem) in
            // Named, for nobody scores it by its name: it answers at the root of its port.
            let request = DeployRequest(
                name: ModelCheck(path: path).endpoint,
                model: path,
                instances: count
            )
            let answer = try await client.deploy(request)
            for notice in answer.notices { Output.tell("notice: \(notice.printable)") }
            let deployment: DeploymentStatus
            do throws(Problem) {
                deployment = try await client.waitUntilServing(answer)
            } catch {
                throw Self.withoutLogs(error, of: answer.key.endpoint)
            }
            for notice in deployment.environment?.notices ?? [] {
                Output.tell("notice: \(notice.printable)")
            }
            let level = deployment.isolation.map { ", isolated by '\($0.rawValue)'" } ?? ""
            Output.tell("'\(answer.key.endpoint)' serves\(level)")
            for reason in deployment.isolationReasons {
                Output.tell("not isolated further: \(reason.printable)")
            }
            Output.tell("score it at \(answer.url), or at /invocations there; Ctrl-C ends it")
        }
    }

    /// A problem without the advice to look at logs: those of `up` go with it.
    static func withoutLogs(_ problem: Problem, of endpoint: EndpointName) -> Problem {
        let logs = ["", " --all"].map { "'scorekeeper logs \(endpoint)\($0)'" }
        return Problem(
            problem.kind,
            code: problem.code,
            what: logs.reduce(problem.what) { what, logs in
                what.replacingOccurrences(of: "; see \(logs)", with: "")
            },
            remedy: logs.contains { problem.remedy.contains($0) } ? "" : problem.remedy,
            location: problem.location
        )
    }
}
