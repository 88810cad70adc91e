// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// Splits a command into words as a shell would, and expands nothing.
///
/// Spaces part words; single quotes keep everything, double quotes everything but `\"` and `\\`, and
/// outside quotes a backslash keeps the next character. What a shell would act upon (variables,
/// patterns, pipes, redirections) is refused outside single quotes: taken as it stands, it would be
/// another command than its author meant.
enum ShellWords {
    /// Why a command is not read.
    enum Fault: Error, Hashable {
        case unclosed(Character)
        case trailingBackslash
        case acted(Character)

        /// The rest of a sentence about the command.
        var reason: String {
            switch self {
            case .unclosed(let quote): "a quote (\(quote)) is never closed"
            case .trailingBackslash: "it ends with a backslash"
            case .acted(let character):
                "'\(character)' means something to a shell, and none runs it"
            }
        }

        /// What to do about it.
        var remedy: String {
            switch self {
            case .unclosed: "close it"
            case .trailingBackslash: "remove it, or write what it keeps"
            case .acted: "put the word in single quotes where it is meant as it stands"
            }
        }
    }

    private static let acted = Set("|&;<>()$`*?[]{}~#!")
    private static let actedInQuotes = Set("$`")

    /// The words, in order; none where there are only spaces.
    static func split(_ text: String) throws(Fault) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var isEscaped = false
        for character in text {
            if isEscaped {
                isEscaped = false
                if quote != nil, character != "\"", character != "\\" { word?.append("\\") }
                word = (word ?? "") + String(character)
            } else if let open = quote {
                if character == open {
                    quote = nil
                } else if open == "\"", character == "\\" {
                    isEscaped = true
                } else if open == "\"", actedInQuotes.contains(character) {
                    throw .acted(character)
                } else {
                    word = (word ?? "") + String(character)
                }
            } else if character == "'" || character == "\"" {
                quote = character
                word = word ?? ""
            } else if character == "\\" {
                isEscaped = true
            } else if character.isWhitespace {
                if let word { words.append(word) }
                word = nil
            } else if acted.contains(character) {
                throw .acted(character)
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if let quote { throw .unclosed(quote) }
        guard !isEscaped else { throw .trailingBackslash }
        return words + (word.map { [$0] } ?? [])
    }
}
