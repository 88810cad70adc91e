// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Client
import Testing
import Vocabulary

@Suite struct `The state folder` {
    private static let variables = [
        "SCOREKEEPER_STATE": "/s", "XDG_STATE_HOME": "/x", "HOME": "/home/ada",
    ]

    @Test func `is the one that was named, before all others`() {
        let folder = DefaultState.folder(named: "/n", variables: Self.variables, isRoot: true)

        #expect(folder == "/n")
    }

    @Test(arguments: [
        ([], true, "/s"), (["SCOREKEEPER_STATE"], true, "/var/lib/scorekeeper"),
        (["SCOREKEEPER_STATE"], false, "/x/scorekeeper"),
        (["SCOREKEEPER_STATE", "XDG_STATE_HOME"], false, "/home/ada/.local/state/scorekeeper"),
    ])
    func `is looked for in order`(missing: [String], isRoot: Bool, expected: String) {
        var unset = Self.variables
        var empty = Self.variables
        for name in missing {
            unset[name] = nil
            empty[name] = ""
        }

        #expect(DefaultState.folder(named: nil, variables: unset, isRoot: isRoot) == expected)
        #expect(DefaultState.folder(named: nil, variables: empty, isRoot: isRoot) == expected)
    }
}

@Suite struct `An exit status` {
    @Test(arguments: [
        (Problem.Kind.invalid, CommandStatus.badInput), (.unsupported, .badInput),
        (.notFound, .notFound), (.conflict, .noRoom), (.exhausted, .noRoom), (.failed, .failed),
    ])
    func `tells the kind of problem`(kind: Problem.Kind, status: CommandStatus) {
        #expect(CommandStatus(Problem(kind, code: "x", what: "x")) == status)
    }

    @Test(arguments: [
        (200, CommandStatus.done), (204, .done), (400, .badInput), (413, .badInput),
        (404, .notFound),
        (429, .noRoom), (424, .failed), (500, .failed), (503, .failed), (302, .failed),
    ])
    func `tells what an endpoint answered`(answer: Int, status: CommandStatus) {
        #expect(CommandStatus(answer: answer) == status)
    }
}
