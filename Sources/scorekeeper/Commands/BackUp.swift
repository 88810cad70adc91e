// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Supervisor
import Vocabulary

/// `scorekeeper backup`.
struct BackUp: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copies what a server must remember into a folder, while it runs.",
        discussion: """
            The ledger as it is at one moment, and the copies of models, code and programs that its \
            documents need. Environments are built again, and the models folder is yours to keep.

            EXAMPLE
              sudo scorekeeper backup /backups/scorekeeper-monday
              sudo scorekeeper restore /backups/scorekeeper-monday --state /var/lib/scorekeeper
            """
    )

    @Argument(help: "A folder that does not exist yet.")
    var folder: String

    @OptionGroup var server: StateOptions

    func run() throws {
        let path = absolutePath(folder)
        let count = try Backup(path: path).take(of: server.folder)
        let copies = Counted(count, "copy", plural: "copies")
        Output.print("'\(path.printable)' has the ledger and \(copies)")
    }
}
