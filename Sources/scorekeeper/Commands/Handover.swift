// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client
import ControlAPI
import Foundation
import Vocabulary

/// `scorekeeper handover`.
struct Handover: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Has a newly installed Scorekeeper take the running server over.",
        discussion: """
            The server's process becomes the new executable and keeps its pid; the gateway finishes \
            the requests it has and is replaced, while connections wait; scorers live on. Nodes are \
            replaced where they hold no scorer; others serve on until the server is restarted, and \
            'scorekeeper status' names them.

            EXAMPLE
              sudo Scripts/install && sudo scorekeeper handover
              scorekeeper handover --executable /opt/scorekeeper/lib/scorekeeper/scorekeeper
            """
    )

    @Option(help: "What takes over, where it is not installed in the old one's place.")
    var executable: String?

    @OptionGroup var server: StateOptions

    func run() async throws {
        if let executable, access(executable, X_OK) != 0 {
            throw Problem(
                .notFound,
                code: "noExecutable",
                what: "cannot run '\(executable.printable)': \(String(cString: strerror(errno)))",
                remedy: "name Scorekeeper's executable with --executable"
            )
        }
        let client = server.client
        let before = try await client.handoverProgress()
        let successor = try await client.handOver(
            HandoverRequest(executable: executable.map(absolutePath))
        )
        let after = try await client.waitForHandover(since: before)
        let path = successor.map { ", '\($0.executable.printable)'," } ?? ""
        let version = after.server.version.printable
        Output.print("version \(version)\(path) has taken the server over")
        for node in after.olderNodes {
            Output.print("\(node.printable) serves on as it was, for the scorers it holds")
        }
    }
}

extension ControlClient {
    /// Waits until another life of the server has its gateway and nodes.
    ///
    /// Errors: `handoverStuck` once nothing has answered for long.
    fileprivate func waitForHandover(
        since before: HandoverProgress
    ) async throws(Problem) -> HandoverProgress {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(300)
        while clock.now < end {
            if let now = try? await handoverProgress(), now.isDone(since: before) { return now }
            guard (try? await Task.sleep(for: .milliseconds(50))) != nil else { break }
        }
        throw Problem(
            .failed,
            code: "handoverStuck",
            what: "the new server did not answer, or its gateway did not come",
            remedy: "see its log; gateway and nodes wait ten minutes for a server to start"
        )
    }
}
