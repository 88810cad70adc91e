// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client
import ControlAPI
import Vocabulary

/// `scorekeeper node`: what a person commands of nodes, and the node itself, which the server starts.
struct NodeCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "node",
        abstract: "Drains a node, or lets it be given instances again.",
        discussion: """
            A node is drained by way of the surge: each of its instances goes once another one \
            serves elsewhere in its stead.

            EXAMPLE
              scorekeeper node drain node-2
              scorekeeper node undrain node-2
            """,
        subcommands: [NodeDrain.self, NodeUndrain.self, NodeProcess.self],
        defaultSubcommand: NodeProcess.self
    )
}

/// Which node is meant.
struct NodeOptions: ParsableArguments {
    @Argument(help: "The node, as 'scorekeeper status' shows it.")
    var name: String

    @OptionGroup var server: StateOptions

    /// The node's name, which must be one.
    func node() throws(Problem) -> NodeName {
        guard let node = NodeName(name) else {
            throw Problem(
                .invalid,
                code: "nodeName",
                what: "cannot read '\(name.printable)' as a node's name",
                remedy: "name it as 'scorekeeper status' shows it"
            )
        }
        return node
    }
}

/// `scorekeeper node drain`.
struct NodeDrain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain",
        abstract: "Has all that a node holds move to others, and waits until it holds nothing."
    )

    @Flag(help: "Leave once the server has begun.")
    var noWait = false

    @OptionGroup var options: NodeOptions

    func run() async throws {
        let node = try options.node()
        let client = options.server.client
        try await client.drain(node, isDrained: true)
        var told = -1
        while true {
            let status = try await client.status().nodes.first { $0.name == node }
            let left = status?.instances ?? 0
            if noWait || left == 0 {
                let rest = Counted(left, "instance")
                return Output.print("\(node) is drained; it holds \(rest)")
            }
            if left != told { Output.tell("\(node) holds \(Counted(left, "instance"))") }
            told = left
            try await Task.sleep(for: .milliseconds(200))
        }
    }
}

/// `scorekeeper node undrain`.
struct NodeUndrain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undrain",
        abstract: "Lets a drained node be given instances again."
    )

    @OptionGroup var options: NodeOptions

    func run() async throws {
        let node = try options.node()
        try await options.server.client.drain(node, isDrained: false)
        Output.print("\(node) may be given instances again")
    }
}
