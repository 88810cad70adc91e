// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct `The command line` {
    @Test func `tells its version`() throws {
        let run = try CommandRun("--version")

        #expect(run.status == 0)
        #expect(run.output == "0.1.0\n")
    }

    @Test func `documents its exit statuses`() throws {
        let help = try CommandRun("--help").output

        #expect(help.contains("EXIT STATUS"))
        #expect(help.contains("3   no server answers"))
    }

    @Test(arguments: [
        "serve", "check", "deploy", "status", "invoke", "logs", "explain", "delete",
        "simulate", "conformance", "debug",
    ])
    func `shows an example of each subcommand`(name: String) throws {
        let run = try CommandRun(name, "--help")

        #expect(run.status == 0)
        #expect(run.output.contains("USAGE: scorekeeper \(name) "))
        #expect(run.output.contains("EXAMPLE\n  scorekeeper \(name)"))
    }

    @Test func `leaves as ever where what it tells cannot be written`() throws {
        #expect(try CommandRun(arguments: ["status"], complaining: "/dev/full").status == 3)
    }

    @Test func `leaves with 64 when the arguments are no command`() throws {
        #expect(try CommandRun("serv").status == 64)
        #expect(try CommandRun("deploy").status == 64)
        #expect(try CommandRun("status", "--output", "xml").status == 64)
    }

    @Test func `takes a document alone, or what a document would say`() throws {
        #expect(try CommandRun("deploy", "-f", "d.yml", "model").status == 64)
        #expect(try CommandRun("deploy", "-f", "d.yml", "--scorer", "./x").status == 64)
        #expect(try CommandRun("check", "-f", "d.yml", "model").status == 64)
        #expect(try CommandRun("check").status == 64)
    }

    @Test func `tells of a document that is not there before it looks for a server`() throws {
        for name in ["deploy", "check"] {
            let run = try CommandRun(name, "-f", "/nowhere/d.yml")

            #expect(run.status == 2)
            #expect(
                (run.output + run.complaints).contains(
                    "problem: /nowhere/d.yml: there is no file '/nowhere/d.yml'; name a "
                        + "document, or a folder of them"
                )
            )
        }
    }

    @Test func `leaves with 3 and one sentence when no server answers`() throws {
        for name in ["status", "delete", "explain"] {
            let run =
                try name == "status" ? CommandRun("status") : CommandRun(name, "iris")

            #expect(run.status == 3)
            #expect(run.output.isEmpty)
            #expect(
                run.complaints == """
                    scorekeeper: cannot find a server: nothing answers at \
                    '/nowhere/control.sock'; start one with 'scorekeeper serve', or name its \
                    folder with --state

                    """
            )
        }
    }

    @Test func `leaves with 2 when a name breaks the rule`() throws {
        let run = try CommandRun("status", "m1")

        #expect(run.status == 2)
        #expect(run.complaints.hasPrefix("scorekeeper: cannot read 'm1' as an endpoint's name;"))
    }

    @Test func `checks without a server, and leaves with 2 for what cannot be served`() throws {
        let folder = NSTemporaryDirectory() + "check-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }

        let run = try CommandRun("check", folder)

        #expect(run.status == 2)
        #expect(run.output.contains("problem: "))
    }

    @Test func `simulates a range of seeds, the same each time`() throws {
        let first = try CommandRun("simulate", "--seeds", "0..<4")
        let second = try CommandRun("simulate", "--seeds", "0..<4")

        #expect(first.status == 0)
        #expect(first.output.contains("4 worlds"))
        #expect(first.output == second.output)
    }

    @Test func `tells how to play a caught bug again`() throws {
        let run = try CommandRun("simulate", "--seeds", "0..<4", "--plant", "startsUnprepared")

        #expect(run.status == 1)
        #expect(
            run.output.contains(
                "play it again: scorekeeper simulate --seed 0 --plant startsUnprepared"
            )
        )
    }
}
