// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Processes
import Vocabulary

// A node as a process of its own, for the tests: its configuration is its one argument, as JSON.

struct Arguments: Codable {
    var name: String
    var folder: String
    var support: String
    var graceMilliseconds: Int
    var highest: IsolationLevel
    var firstUser: UInt32
}

let text = CommandLine.arguments.dropFirst().first ?? ""
let arguments = try JSONDecoder().decode(Arguments.self, from: Data(text.utf8))
guard let name = NodeName(arguments.name) else { fatalError("no name") }
let configuration = NodeConfiguration(
    name: name,
    socketPath: "\(arguments.folder)/node.sock",
    supportFolder: arguments.support,
    scratchFolder: "\(arguments.folder)/scratch",
    cgroupName: "scorekeeper-test-\(arguments.name)",
    millicores: 2_000,
    memoryBytes: 4 << 30,
    users: arguments.firstUser..<arguments.firstUser + 1_024,
    orphanGrace: .milliseconds(arguments.graceMilliseconds),
    highestIsolation: arguments.highest,
    limitsLook: .milliseconds(50),
    startPatience: .seconds(30)
)
try runNode(configuration)
