// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Reads one PEP 508 requirement and writes it in its one spelling.
///
/// Shape: `name[extra,...]specifier,...; marker`, ASCII, at most 4,096 bytes. The spelling: the
/// name and the extras normalised as PEP 503 says, extras and specifiers sorted, one space where
/// one is needed, double quotes. Direct references (`name @ address`) are grammar too, and refused:
/// what an address answers tomorrow is not what it answered today.
///
/// Nothing that is read here can reach a shell or become an option: a name begins with a letter or
/// digit, a version consists of letters, digits and `.!+*_-`, and a marker only of known words and
/// of texts without control characters.
///
/// Errors: `Fault`, a reason and the character where it was noticed.
struct RequirementParser {
    /// Why a text is refused.
    struct Fault: Error, Hashable {
        /// A stable word for programs.
        var code = "requirement"
        /// Why.
        let reason: String
        /// What to do.
        var remedy = "write it as 'name==version'"
        /// Which character, from 1.
        let column: Int
    }

    /// A requirement in its one spelling.
    struct Parsed: Hashable {
        let name: String
        let text: String
    }

    static let relations = ["===", "~=", "==", "!=", "<=", ">=", "<", ">"]

    private static let variables: Set<String> = [
        "python_version", "python_full_version", "os_name", "sys_platform", "platform_release",
        "platform_system", "platform_version", "platform_machine",
        "platform_python_implementation", "implementation_name", "implementation_version", "extra",
    ]

    private let characters: [UInt8]
    private var index = 0

    private init(_ text: String) { characters = Array(text.utf8) }

    /// Reads the whole text.
    static func parse(_ text: String) throws(Fault) -> Parsed {
        var parser = RequirementParser(text)
        return try parser.requirement()
    }

    /// A name as PEP 503 normalises it: lower case, runs of `-_.` as one hyphen.
    static func normalised(_ name: some StringProtocol) -> String {
        var result = ""
        var isSeparated = false
        for character in name {
            if "-_.".contains(character) {
                isSeparated = true
                continue
            }
            if isSeparated, !result.isEmpty { result += "-" }
            isSeparated = false
            result += character.lowercased()
        }
        return result
    }

    private func fault(_ reason: String) -> Fault { Fault(reason: reason, column: index + 1) }

    private var next: UInt8? { index < characters.count ? characters[index] : nil }

    private mutating func skipSpace() {
        while next == 0x20 || next == 0x09 { index += 1 }
    }

    private mutating func take(_ text: String) -> Bool {
        guard characters[index...].starts(with: text.utf8) else { return false }
        index += text.utf8.count
        return true
    }

    private mutating func run(while passes: (UInt8) -> Bool) -> String {
        let start = index
        while let byte = next, passes(byte) { index += 1 }
        return String(decoding: characters[start..<index], as: UTF8.self)
    }

    private mutating func requirement() throws(Fault) -> Parsed {
        guard characters.count <= 4_096 else { throw fault("it is longer than 4,096 bytes") }
        guard characters.allSatisfy({ $0 < 0x80 }) else {
            throw fault("it holds characters beyond ASCII")
        }
        skipSpace()
        let name = try identifier("a package's name")
        skipSpace()
        let extras = next == UInt8(ascii: "[") ? try extras() : []
        skipSpace()
        if next == UInt8(ascii: "@") {
            throw Fault(
                code: "directReference",
                reason: "it names an address",
                remedy: "name a released version: 'name==version'",
                column: index + 1
            )
        }
        let isBracketed = take("(")
        let specifiers = try specifiers()
        if isBracketed, !take(")") { throw fault("')' is missing") }
        skipSpace()
        var marker = ""
        if take(";") { marker = "; " + (try markerOr(inside: 0)) }
        skipSpace()
        guard next == nil else { throw fault("it does not end here") }
        let extraText = extras.isEmpty ? "" : "[" + extras.joined(separator: ",") + "]"
        return Parsed(
            name: name,
            text: name + extraText + specifiers.joined(separator: ",") + marker
        )
    }

    private mutating func identifier(_ what: String) throws(Fault) -> String {
        let text = run { $0.isASCIILetterOrDigit || "-_.".utf8.contains($0) }
        guard let first = text.utf8.first, let last = text.utf8.last,
            first.isASCIILetterOrDigit, last.isASCIILetterOrDigit
        else { throw fault("\(what) is missing or malformed") }
        return Self.normalised(text)
    }

    private mutating func extras() throws(Fault) -> [String] {
        index += 1
        var extras: Set<String> = []
        skipSpace()
        while !take("]") {
            extras.insert(try identifier("an extra's name"))
            skipSpace()
            if take(",") {
                skipSpace()
            } else if next != UInt8(ascii: "]") {
                throw fault("']' is missing")
            }
        }
        return extras.sorted()
    }

    private mutating func specifiers() throws(Fault) -> [String] {
        var specifiers: Set<String> = []
        skipSpace()
        while let byte = next, "=~!<>".utf8.contains(byte) {
            guard let relation = Self.relations.first(where: { take($0) }) else {
                throw fault("no comparison is written so; one '=' is conda's")
            }
            skipSpace()
            specifiers.insert(relation + (try version(after: relation)))
            skipSpace()
            guard take(",") else { break }
            skipSpace()
            // A comma may end the list, as pip has it.
        }
        return specifiers.sorted()
    }

    private mutating func version(after relation: String) throws(Fault) -> String {
        let text = run { $0.isASCIILetterOrDigit || ".!+*_-".utf8.contains($0) }
        guard let first = text.utf8.first, first.isASCIIDigit || first | 0x20 == UInt8(ascii: "v")
        else { throw fault("a version is missing or malformed") }
        if let star = text.firstIndex(of: "*") {
            guard text.hasSuffix(".*"), text.index(after: star) == text.endIndex,
                relation == "==" || relation == "!="
            else { throw fault("'*' stands only at the end, after '==' or '!='") }
        }
        return text.lowercased()
    }

    private mutating func markerOr(inside level: Int) throws(Fault) -> String {
        guard level < 16 else { throw fault("the marker's brackets stand too deep") }
        var text = try markerAnd(inside: level)
        while word("or") { text += " or " + (try markerAnd(inside: level)) }
        return text
    }

    private mutating func markerAnd(inside level: Int) throws(Fault) -> String {
        var text = try markerTerm(inside: level)
        while word("and") { text += " and " + (try markerTerm(inside: level)) }
        return text
    }

    private mutating func markerTerm(inside level: Int) throws(Fault) -> String {
        skipSpace()
        if take("(") {
            let inner = try markerOr(inside: level + 1)
            skipSpace()
            guard take(")") else { throw fault("')' is missing in the marker") }
            return "(\(inner))"
        }
        let left = try markerOperand()
        skipSpace()
        let relation = try markerRelation()
        let right = try markerOperand()
        return "\(left) \(relation) \(right)"
    }

    private mutating func markerOperand() throws(Fault) -> String {
        skipSpace()
        if let quote = next, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") {
            index += 1
            let text = run { $0 != quote && $0 >= 0x20 && $0 < 0x7F }
            guard next == quote else { throw fault("a text does not end in the marker") }
            index += 1
            guard !text.contains("\"") else { throw fault("a text holds a quote in the marker") }
            return "\"\(text)\""
        }
        let start = index
        let name = run { $0.isASCIILetterOrDigit || $0 == UInt8(ascii: "_") }
        guard Self.variables.contains(name) else {
            index = start
            throw fault("the marker has no variable '\(name.excerpt)'")
        }
        return name
    }

    private mutating func markerRelation() throws(Fault) -> String {
        if let relation = Self.relations.first(where: { take($0) }) { return relation }
        if word("in") { return "in" }
        if word("not"), word("in") { return "not in" }
        throw fault("a comparison is missing in the marker")
    }

    /// Takes `text` when it stands here as a word of its own.
    private mutating func word(_ text: String) -> Bool {
        let start = index
        skipSpace()
        if take(text), next.map({ !$0.isASCIILetterOrDigit && $0 != UInt8(ascii: "_") }) ?? true {
            return true
        }
        index = start
        return false
    }
}
