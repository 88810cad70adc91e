// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Manifests
import Vocabulary

/// What the resolver said when it gave up, read for a person.
struct ResolverWords: Hashable, Sendable {
    /// What it was doing.
    enum Step: Sendable {
        /// Making an empty virtual environment.
        case prepare
        /// Choosing versions.
        case resolve
        /// Fetching and unpacking what was chosen.
        case install
    }

    /// Most characters of the resolver's own words in a problem.
    static let mostCharacters = 1_200

    /// All that it wrote.
    let output: String

    /// Its explanation in one line: from the first `error:` on, spaces and line ends made one.
    var explanation: String {
        let lines = output.split(separator: "\n").map {
            $0.trimmingCharacters(in: CharacterSet(charactersIn: " \t×╰─▶│├"))
        }.filter { !$0.isEmpty }
        let start = lines.firstIndex { $0.hasPrefix("error:") || $0.hasPrefix("No solution") } ?? 0
        let text = lines[start...].joined(separator: " ")
            .replacing("error: ", with: "").replacing("cause: ", with: "")
        guard text.count > Self.mostCharacters else { return text }
        return text.prefix(Self.mostCharacters) + "..."
    }

    /// The requirements that it speaks of: those that it quotes whole, otherwise by name.
    func requirements(
        of definition: EnvironmentDefinition
    ) -> [EnvironmentDefinition.Requirement] {
        let all = definition.requirements + definition.buildRequirements
        let words = explanation.lowercased().split(whereSeparator: \.isWhitespace).map {
            $0.trimmingCharacters(in: CharacterSet(charactersIn: ".,;:`'\"()"))
        }
        let quoted = all.filter { $0.text != $0.name && words.contains($0.text.lowercased()) }
        if !quoted.isEmpty { return quoted }
        // An address that was fetched has the name between slashes.
        let names = words.flatMap { $0.split(separator: "/") }.map { word in
            String(word.prefix { !"=<>!~[@;".contains($0) }).replacing("_", with: "-")
        }
        return all.filter { names.contains($0.name) }
    }

    /// The problem that it stands for, placed at the requirement it speaks of.
    func problem(
        at step: Step,
        of definition: EnvironmentDefinition,
        log: String
    ) -> Problem {
        let guilty = requirements(of: definition)
        let quoted = guilty.prefix(3).map { "'\($0.text)'" }.joined(separator: " and ")
        let named = quoted.isEmpty ? "its requirements" : quoted
        let problem = cause(at: step, named: named, log: log)
        return guilty.first.map { problem.at($0.location) } ?? problem
    }

    private func cause(at step: Step, named: String, log: String) -> Problem {
        if isDiskFull { return .diskFull("install \(named)") }
        if isUnreachable {
            return Problem(
                .failed,
                code: "registryUnreachable",
                what: "cannot resolve \(named): \(explanation)",
                remedy: "let this machine reach the registry, or give folders of wheels"
            )
        }
        if needsBuilding {
            return Problem(
                .unsupported,
                code: "needsBuilding",
                what: "cannot install \(named): it is published as source only, and building it "
                    + "would run its code (\(explanation))",
                remedy: "ask for a version that has wheels, or build the wheel yourself "
                    + "('python3 -m pip wheel') and put it into a folder of wheels"
            )
        }
        switch step {
        case .prepare:
            return Problem(
                .failed,
                code: "cannotPrepare",
                what: "cannot make a virtual environment: \(explanation)",
                remedy: "the whole log is '\(log)'"
            )
        case .resolve:
            return Problem(
                .invalid,
                code: "unsatisfiable",
                what: "cannot resolve \(named): \(explanation)",
                remedy: "change the model's requirements; the whole log is '\(log)'"
            )
        case .install:
            return Problem(
                .failed,
                code: "cannotInstall",
                what: "cannot install \(named): \(explanation)",
                remedy: "ask again; the whole log is '\(log)'"
            )
        }
    }

    /// Whether the disk was full.
    var isDiskFull: Bool {
        says("No space left on device", "os error 28", "Errno 28", "Disk quota exceeded")
    }

    /// Whether no registry answered.
    var isUnreachable: Bool {
        says("Failed to fetch", "error sending request", "dns error", "connectivity is disabled")
    }

    /// Whether there is only source where we take wheels.
    var needsBuilding: Bool {
        says("no usable wheels", "building from source is disabled", "has no wheels")
    }

    private func says(_ phrases: String...) -> Bool {
        phrases.contains { output.contains($0) }
    }
}
