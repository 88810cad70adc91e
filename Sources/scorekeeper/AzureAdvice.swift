// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// What to do about words of Azure ML's command line that mean nothing here.
///
/// Whoever comes from `az ml` types its options out of habit: they are refused as ever, with a line
/// that says what takes their place.
enum AzureAdvice {
    /// A line for each word of `arguments` that Azure's command line knows and ours does not.
    static func lines(for arguments: [String]) -> [String] {
        let words = arguments.prefix { $0 != "--" }
        var lines: [String] = []
        for word in words {
            let option = String(word.prefix { $0 != "=" })
            guard let advice = options[option] else { continue }
            let line = "'\(option)' is Azure's: \(advice)"
            if !lines.contains(line) { lines.append(line) }
        }
        if let format = format(in: Array(words)) { lines.append(format) }
        return lines
    }

    /// What stands in place of the parser's own complaint: that the command is none says all.
    ///
    /// The parser complains of the options first, which are right for the command that is not there.
    static func complaint(about arguments: [String]) -> String? {
        let words = Array(arguments.prefix { $0 != "--" })
        guard let what = unknownCommand(in: words) else { return nil }
        let isAzures = words.first == "ml" || words.contains { commands[$0] != nil }
        return isAzures ? "Error: \(what)" : Scorekeeper.fullMessage(for: ValidationError(what))
    }

    private static let scope =
        "a server has no resource groups and no workspaces; leave it out ('--state FOLDER' says "
        + "which server is meant)"
    private static let local =
        "'scorekeeper up' serves a model in the terminal, 'scorekeeper debug' a script or a program"
    private static let options = [
        "--resource-group": scope, "-g": scope, "--workspace-name": scope, "-w": scope,
        "--subscription": scope, "--registry-name": scope,
        "--query": "write '--output json' and ask jq",
        "--local": local, "--local-enable-gpu": local, "--vscode-debug": local,
        "--skip-script-validation":
            "leave it out; 'scorekeeper check -f FILE' tells what is wrong, and starts nothing",
        "--package-model": "models are served as they are; leave it out",
        "--container": "each scorer has one log, and the build's stands before it; leave it out",
        "--instance-count": "write '--set instance_count=N'",
        "--label": "write the version, or 'azureml:NAME@latest' in a document",
        "--auth-mode":
            "write 'auth_mode: key' in the endpoint's document and name that with -f; nobody is asked "
            + "for a key yet",
    ]

    private static let commands = [
        "get-credentials": "there are no keys and tokens yet: whoever reaches the port can score",
        "regenerate-keys": "there are no keys and tokens yet: whoever reaches the port can score",
        "scale": "write 'online-deployment update -f FILE --set instance_count=N'",
    ]

    /// What is wrong with the first word that stands where a command's name belongs.
    private static func unknownCommand(in arguments: [String]) -> String? {
        if arguments.first == "ml" { return "'ml' is Azure's: leave it out" }
        var command: any ParsableCommand.Type = Scorekeeper.self
        var path: [String] = []
        for argument in arguments {
            let known = command.configuration.subcommands
            guard !known.isEmpty, !argument.hasPrefix("-") else { return nil }
            path.append(argument)
            if let next = known.first(where: { $0._commandName == argument }) {
                command = next
            } else if argument != "help" {
                let what = "there is no command '\(path.joined(separator: " ").printable)'"
                return commands[argument].map { "\(what): \($0)" } ?? what
            }
        }
        return nil
    }

    private static let formats = ["tsv", "jsonc", "yaml", "yamlc", "none"]

    private static func format(in arguments: [String]) -> String? {
        let written = zip(arguments, arguments.dropFirst()).first { option, value in
            ["--output", "-o"].contains(option) && formats.contains(value)
        }
        return written.map { _, value in
            "'\(value)' is Azure's: write '--output json', and ask jq for single values"
        }
    }
}
