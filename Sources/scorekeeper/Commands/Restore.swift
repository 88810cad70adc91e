// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Supervisor
import Vocabulary

/// `scorekeeper restore`.
struct Restore: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes a server's state folder of a backup; refused where there is one.",
        discussion: """
            The server that is started with it serves what was declared, in the same revisions. What \
            'serve' is told is not in a backup: give it the same --capacity and --instance-types again.

            EXAMPLE
              sudo scorekeeper restore /backups/scorekeeper-monday --state /var/lib/scorekeeper
            """
    )

    @Argument(help: "What 'scorekeeper backup' has made.")
    var folder: String

    @OptionGroup var server: StateOptions

    func run() throws {
        let count = try Backup(path: absolutePath(folder)).restore(to: server.folder)
        let copies = Counted(count, "copy", plural: "copies")
        Output.print("'\(server.folder.printable)' has the ledger and \(copies)")
    }
}
