// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Hummingbird
import Vocabulary

/// What can be asked and commanded of rollouts.
extension ControlRoutes {
    func addRollouts(to router: Router<BasicRequestContext>) {
        router.get("rollouts/:name/:deployment") { _, context in
            try await Answer(control.rollout(of: Self.deployment(in: context)))
        }
        router.post("rollouts/:name/:deployment/:command") { _, context in
            let key = try Self.deployment(in: context)
            let command = try Self.command(in: context)
            return try await Answer(control.command(command, of: key), status: .accepted)
        }
    }

    func addNodes(to router: Router<BasicRequestContext>) {
        for (verb, isDrained) in [("drain", true), ("undrain", false)] {
            router.post(RouterPath("nodes/:name/\(verb)")) { _, context in
                let name = try Self.node(in: context)
                try await control.drain(name, isDrained: isDrained)
                return Answer(["node": name], status: .accepted)
            }
        }
    }

    private static func node(in context: BasicRequestContext) throws(Problem) -> NodeName {
        let text = context.parameters.get("name") ?? ""
        guard let name = NodeName(text) else {
            throw Problem(
                .invalid,
                code: "nodeName",
                what: "cannot read '\(text.printable)' as a node's name",
                remedy: "name it as 'scorekeeper status' shows it"
            )
        }
        return name
    }

    private static func command(
        in context: BasicRequestContext
    ) throws(Problem) -> RolloutCommand {
        let text = context.parameters.get("command") ?? ""
        guard let command = RolloutCommand(rawValue: text) else {
            let all = RolloutCommand.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem(
                .invalid,
                code: "rolloutCommand",
                what: "cannot read '\(text.printable)' as a command for a rollout",
                remedy: "write one of \(all)"
            )
        }
        return command
    }
}
