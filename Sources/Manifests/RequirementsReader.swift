// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Reads requirements as pip writes them: lines of a `requirements.txt`, or one line of a list.
///
/// Comments, continued lines and markers are read; `-r` opens another file of the model, `-c` one
/// of constraints; a wheel of the model's own is taken by its path from the model's directory.
/// Whatever would make an installer look elsewhere, run code or write outside (options, addresses,
/// other paths, editable installs, variables) is refused with its place.
struct RequirementsReader {
    /// Longest file.
    static let limit = 1 << 20
    /// Most requirements in all files together.
    static let most = 10_000

    /// What was asked for, in the order of reading.
    private(set) var requirements: [EnvironmentDefinition.Requirement] = []
    /// What holds for whatever is installed besides.
    private(set) var constraints: [EnvironmentDefinition.Requirement] = []
    /// Wheels of the model's own.
    private(set) var wheels: [EnvironmentDefinition.Wheel] = []
    /// The files that were opened.
    private(set) var sources: [String] = []
    /// What was refused.
    private(set) var findings = Findings()

    private let folder: any ModelFolder
    private var open: [String] = []
    private var isFull = false
    private var isConstraining = false

    init(folder: any ModelFolder) { self.folder = folder }

    /// Reads the file at `relative`, and those it includes.
    mutating func readFile(_ relative: String, askedAt: Problem.Location) {
        guard !open.contains(relative) else {
            findings.refuse(
                "recursiveRequirements",
                "'\(relative)' includes itself",
                "remove the line",
                at: askedAt
            )
            return
        }
        guard open.count < 8 else {
            findings.refuse(
                "recursiveRequirements",
                "requirements files include each other more than 8 deep",
                "write them into one file",
                at: askedAt
            )
            return
        }
        // A file that two lines include is read once: the second would add nothing.
        guard !sources.contains(relative) else { return }
        let bytes: [UInt8]?
        do throws(Problem) {
            bytes = try folder.read(relative, limit: Self.limit)
        } catch {
            findings.add(error)
            return
        }
        guard let bytes else {
            findings.refuse(
                "missingFile",
                "'\(relative)' is not in '\(folder.path)'",
                "put it there or remove the line",
                at: askedAt
            )
            return
        }
        sources.append(relative)
        open.append(relative)
        defer { open.removeLast() }
        let name = folder.name(of: relative)
        guard
            let text = TextCheck.text(bytes, file: name, limit: Self.limit, into: &findings)
        else { return }
        for line in Self.joined(String(decoding: text, as: UTF8.self)) {
            readLine(line.text, at: Problem.Location(file: name, line: line.number, column: 1))
        }
    }

    /// Reads one line; `location` is where its first character stands.
    mutating func readLine(_ line: String, at location: Problem.Location) {
        let withoutComment = Self.withoutComment(line)
        let text = withoutComment.trimmed
        guard !text.isEmpty else { return }
        let indent = withoutComment.prefix { $0 == " " || $0 == "\t" }.count
        let place = location.shifted(by: indent)
        guard requirements.count + constraints.count + wheels.count < Self.most else {
            if !isFull {
                isFull = true
                findings.refuse(
                    "tooManyRequirements",
                    "there are more than \(Self.most) requirements",
                    "make the list shorter",
                    at: place
                )
            }
            return
        }
        if text.hasPrefix("-") {
            readOption(text, at: place)
            return
        }
        if let wheel = WheelName(line: text), !isConstraining {
            readWheel(text, wheel, at: place)
            return
        }
        if let refusal = Self.refusal(of: text) {
            findings.refuse(refusal.code, refusal.what, refusal.remedy, at: place)
            return
        }
        do throws(RequirementParser.Fault) {
            let parsed = try RequirementParser.parse(text)
            let requirement = EnvironmentDefinition.Requirement(
                text: parsed.text,
                name: parsed.name,
                location: place
            )
            if isConstraining {
                constraints.append(requirement)
            } else {
                requirements.append(requirement)
            }
        } catch {
            findings.refuse(
                error.code,
                "cannot read the requirement '\(text.excerpt)': \(error.reason)",
                error.remedy,
                at: place.shifted(by: error.column - 1)
            )
        }
    }

    private mutating func readOption(_ text: String, at location: Problem.Location) {
        let words = text.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "=" })
        let option = words.first.map(String.init) ?? text
        let argument = text.dropFirst(option.count).drop { " \t=".contains($0) }
        switch option {
        case "-r", "--requirement":
            include(String(argument), at: location)
        case "-c", "--constraint":
            let before = isConstraining
            isConstraining = true
            include(String(argument), at: location)
            isConstraining = before
        case "-e", "--editable":
            findings.refuse(
                "editable",
                "'\(text.excerpt)' is an editable install",
                "put the code under the model's 'code' directory (code_paths of MLflow)",
                at: location
            )
        case "-i", "--index-url", "--extra-index-url", "-f", "--find-links", "--no-index",
            "--trusted-host":
            findings.refuse(
                "packageIndex",
                "'\(option)' chooses where packages come from",
                "remove the line: where packages come from is the server's to say, by UV_INDEX, "
                    + "UV_DEFAULT_INDEX or UV_FIND_LINKS in its environment",
                at: location
            )
        default:
            findings.refuse(
                "option",
                "'\(option.excerpt)' is an option of pip",
                "remove it: a model asks for packages and versions only",
                at: location
            )
        }
    }

    private mutating func readWheel(
        _ text: String,
        _ wheel: WheelName,
        at location: Problem.Location
    ) {
        do throws(RelativePath.Refusal) {
            let path = try RelativePath(text).text
            guard folder.kind(of: path) == .file else {
                findings.refuse(
                    "missingFile",
                    "the wheel '\(path.excerpt)' is not in the model's directory",
                    "put it there, or name a released version: 'name==version'",
                    at: location
                )
                return
            }
            wheels.append(
                EnvironmentDefinition.Wheel(path: path, name: wheel.name, location: location)
            )
        } catch {
            findings.refuse(
                "localFile",
                "the wheel '\(text.excerpt)' \(error.reason)",
                "put it into the model's directory and name it from there: './wheels/NAME.whl'",
                at: location
            )
        }
    }

    private mutating func include(_ argument: String, at location: Problem.Location) {
        do throws(RelativePath.Refusal) {
            let folderOfThis = open.last.map(Self.folderName) ?? ""
            let path = try RelativePath(argument)
            readFile(folderOfThis + path.text, askedAt: location)
        } catch {
            findings.refuse(
                "pathEscapes",
                "the requirements file '\(argument.excerpt)' \(error.reason)",
                "name a file inside the model's directory",
                at: location
            )
        }
    }

    private static func folderName(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "" }
        return String(path[...slash])
    }

    /// Why a line is no requirement by name, where that can be told without its grammar.
    private static func refusal(
        of text: String
    ) -> (code: String, what: String, remedy: String)? {
        let start = text.lowercased()
        if text.contains("${") {
            return (
                "variable", "'\(text.excerpt)' has a variable in it", "write the value out"
            )
        }
        let beginnings = ["git+", "hg+", "svn+", "bzr+"]
        if beginnings.contains(where: { start.hasPrefix($0) }) {
            return (
                "versionControl", "'\(text.excerpt)' is fetched from version control",
                "name a released version: 'name==version'"
            )
        }
        if start.hasPrefix("file:") || start.hasPrefix("./") || start.hasPrefix("../")
            || start.hasPrefix("/") || start.hasSuffix(".whl") || start.hasSuffix(".tar.gz")
        {
            return (
                "localFile", "'\(text.excerpt)' is a file, not a package's name",
                "name a released version, put a wheel into the model's directory and name it from "
                    + "there ('./wheels/NAME.whl'), or put the code under its 'code' directory"
            )
        }
        if start.drop(while: { $0.isLetter || $0 == "+" }).hasPrefix("://") {
            return (
                "address", "'\(text.excerpt)' is an address",
                "name a released version: 'name==version'"
            )
        }
        if text.contains(" --") {
            return (
                "option", "'\(text.excerpt)' has an option of pip in it",
                "remove it: hashes are locked when the environment is built"
            )
        }
        return nil
    }

    /// The lines, continued ones joined, each with the number of its first.
    private static func joined(_ text: String) -> [(number: Int, text: String)] {
        var lines: [(number: Int, text: String)] = []
        var pending: (number: Int, text: String)?
        var number = 0
        let normal = text.split(
            omittingEmptySubsequences: false,
            whereSeparator: { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
        )
        for line in normal {
            number += 1
            var current = pending ?? (number, "")
            pending = nil
            let isComment = line.trimmed.hasPrefix("#")
            if line.hasSuffix("\\"), !isComment {
                current.text += line.dropLast()
                pending = current
            } else {
                current.text += line
                lines.append(current)
            }
        }
        if let pending { lines.append(pending) }
        return lines
    }

    /// The line up to a `#` that begins it or follows a space.
    private static func withoutComment(_ line: String) -> String {
        var before: Character = " "
        for index in line.indices {
            if line[index] == "#", before == " " || before == "\t" {
                return String(line[..<index])
            }
            before = line[index]
        }
        return line
    }
}

extension StringProtocol {
    /// The text without spaces and tabs at its ends.
    var trimmed: String {
        var rest = self[...]
        while let first = rest.first, first == " " || first == "\t" { rest = rest.dropFirst() }
        while let last = rest.last, last == " " || last == "\t" { rest = rest.dropLast() }
        return String(rest)
    }
}

extension Problem.Location {
    /// The place so many characters further on in the line.
    func shifted(by characters: Int) -> Problem.Location {
        Problem.Location(file: file, line: line, column: column.map { $0 + characters })
    }
}
