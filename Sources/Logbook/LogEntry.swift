// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// One event, as it is written.
struct LogEntry: Sendable {
    /// Something that varies between two events of one message.
    struct Fact: Sendable {
        var name: String
        var value: String
    }

    private static let ownNames = ["time", "level", "program", "message"]

    let time: WallTime
    let level: String
    let program: String
    let message: String
    let facts: [Fact]

    /// Facts are written in order of name: a dictionary's order differs from run to run.
    init(time: WallTime, level: String, program: String, message: String, facts: [Fact]) {
        self.time = time
        self.level = level
        self.program = program
        self.message = message
        self.facts = facts.sorted { $0.name < $1.name }
    }

    /// A JSON object, its four fixed members first.
    var json: String {
        var members = [
            ("time", time.description), ("level", level), ("program", program),
            ("message", message),
        ]
        for fact in facts {
            let isTaken = Self.ownNames.contains(fact.name)
            members.append((isTaken ? fact.name + "_" : fact.name, fact.value))
        }
        let written = members.map { "\(Self.quoted($0.0)):\(Self.quoted($0.1))" }
        return "{\(written.joined(separator: ","))}"
    }

    /// A line for a person: time of day, level where it is not `info`, message, facts.
    var plain: String {
        var words = [time.timeOfDay]
        if level != "info" { words.append(level.uppercased()) }
        words.append("\(program): \(message)")
        for fact in facts {
            let value = fact.value.printable
            words.append("\(fact.name.printable)=\(value.contains(" ") ? "'\(value)'" : value)")
        }
        return words.joined(separator: " ")
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case _ where scalar.isObeyedByTerminals:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
