// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client
import ControlAPI
import Foundation
import Vocabulary

/// `scorekeeper rollout`.
struct RolloutCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollout",
        abstract: "Shows, pauses, resumes or undoes the change from one revision to another.",
        discussion: """
            New instances serve before old ones drain, a fifth of them at a time. A new revision \
            that never gets ready, or fails more than its rule allows, is rolled back by itself.

            EXAMPLE
              scorekeeper rollout status iris/default
              scorekeeper rollout undo iris/default
            """,
        subcommands: [
            RolloutStatusCommand.self, RolloutPause.self, RolloutResume.self, RolloutUndo.self,
        ]
    )
}

/// Which deployment's rollout is meant.
struct RolloutOptions: ParsableArguments {
    @Argument(help: "ENDPOINT/DEPLOYMENT; or ENDPOINT, where it has one deployment.")
    var deployment: String

    @OptionGroup var server: StateOptions
    @OptionGroup var format: OutputOptions

    /// The deployment that was named.
    func key() async throws -> DeploymentKey {
        if let key = DeploymentKey(deployment) { return key }
        let name = try Naming.endpoint(deployment)
        let names = try await server.client.endpoint(name).deployments.map(\.name)
        guard names.count == 1, let only = names.first else {
            let all = names.map { "\(name)/\($0)" }.joined(separator: ", ")
            throw Problem(
                .invalid,
                code: "deploymentName",
                what: "'\(name)' has \(Counted(names.count, "deployment")): \(all)",
                remedy: "name one of them"
            )
        }
        return DeploymentKey(endpoint: name, deployment: only)
    }

    func command(_ command: RolloutCommand) async throws {
        try show(try await server.client.command(command, of: try await key()))
    }

    func show(_ status: RolloutStatus) throws {
        switch format.output {
        case .json: try Output.print(json: status)
        case .table: Output.print(RolloutReport(status, at: Date()).text)
        }
    }
}

/// `scorekeeper rollout status`.
struct RolloutStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows how far a rollout is, or how the last one ended and why."
    )

    @OptionGroup var options: RolloutOptions

    func run() async throws {
        try options.show(try await options.server.client.rollout(of: try await options.key()))
    }
}

/// `scorekeeper rollout pause`.
struct RolloutPause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Holds a rollout where it is; both revisions serve on."
    )

    @OptionGroup var options: RolloutOptions

    func run() async throws { try await options.command(.pause) }
}

/// `scorekeeper rollout resume`.
struct RolloutResume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Lets a paused rollout go on."
    )

    @OptionGroup var options: RolloutOptions

    func run() async throws { try await options.command(.resume) }
}

/// `scorekeeper rollout undo`.
struct RolloutUndo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo",
        abstract: "Rolls the revision before in again, during a rollout or after it."
    )

    @OptionGroup var options: RolloutOptions

    func run() async throws { try await options.command(.undo) }
}
