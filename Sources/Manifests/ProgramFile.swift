// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

#if canImport(Glibc)
import Glibc
#endif

/// A program of a person's own, as its file shows it before it is ever run.
public struct ProgramFile: Hashable, Sendable {
    /// How it is started.
    public enum Start: Hashable, Sendable {
        /// By the kernel alone: it is linked statically.
        case alone
        /// By this loader, which finds its libraries.
        case loader(String)
        /// By the interpreter that its first line names.
        case interpreter(String)
    }

    /// Where it is.
    public let path: String
    /// How it is started.
    public let start: Start

    private static func remedy(for kind: ModelKind) -> String {
        guard case .file(let ending) = kind else { return "name an executable file" }
        let first =
            "name an executable file; a script is one where it begins with #! and its interpreter"
        guard ending == "py" else { return first }
        return first + ", and 'python3 -m scorekeeper_kit.bundle' makes one of it and the kit"
    }

    /// Looks at the file.
    ///
    /// Shape: `location` is where somebody names it.
    /// Errors: `noScorer`, `notAProgram`, `notExecutable`, `foreignProgram`, `noInterpreter`,
    /// `hiddenInterpreter`, `auditedProgram`, each with what to do.
    public init(
        path: String,
        at location: Problem.Location? = nil,
        machine: MachineKind = .here
    ) throws(Problem) {
        self.path = path
        let complaint = Complaint(path: path, location: location)
        switch ModelKind.recognise(path) {
        case .program, .script: break
        case .missing:
            throw complaint(
                .notFound,
                "noScorer",
                "there is no such file",
                "name the program's file"
            )
        case .unreadable(let why):
            throw complaint(.failed, "cannotRead", "it cannot be read: \(why)", "")
        case let kind:
            throw complaint(
                .invalid,
                "notAProgram",
                "it is no program but \(kind.words)",
                Self.remedy(for: kind)
            )
        }
        guard access(path, X_OK) == 0 else {
            throw complaint(
                .invalid,
                "notExecutable",
                "it may not be executed",
                "chmod +x '\(path)'"
            )
        }
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            let why = String(cString: strerror(errno))
            throw complaint(.failed, "cannotRead", "it cannot be read: \(why)", "")
        }
        defer { _ = close(file) }
        func read(_ offset: UInt64, _ count: Int) -> [UInt8] {
            var bytes = [UInt8](repeating: 0, count: count)
            let had = pread(file, &bytes, count, off_t(clamping: offset))
            bytes.removeLast(count - max(0, had))
            return bytes
        }
        let head = read(0, Self.longestFirstLine)
        start =
            head.starts(with: Array("#!".utf8))
            ? .interpreter(try Self.interpreter(head, complaint))
            : try Self.start(read, machine, complaint)
    }

    // MARK: - Programs

    private static func start(
        _ read: (UInt64, Int) -> [UInt8],
        _ machine: MachineKind,
        _ complaint: Complaint
    ) throws(Problem) -> Start {
        let file: ElfFile
        do throws(ElfFile.Fault) {
            file = try ElfFile(read)
        } catch {
            let words =
                switch error {
                case .foreign: "it is cut off"
                case .damaged(let words): words
                }
            throw complaint(.invalid, "damagedProgram", words, "build or copy it again")
        }
        guard machine.runs(file) else {
            throw complaint(
                .invalid,
                "foreignProgram",
                "it is built for \(MachineKind.name(of: file)), and this machine is "
                    + machine.name,
                "build it for \(machine.name)"
            )
        }
        guard let interpreter = file.interpreter else {
            guard file.kind != .other else {
                throw complaint(
                    .invalid,
                    "notAProgram",
                    "it is an object file, and no program",
                    "link it into one"
                )
            }
            return .alone
        }
        guard !file.isAudited else {
            throw complaint(
                .invalid,
                "auditedProgram",
                "it asks the loader to run an audit library, which is not done here",
                "link it without --audit and --depaudit"
            )
        }
        return .loader(interpreter)
    }

    // MARK: - Scripts

    /// The kernel reads so much of a first line.
    private static let longestFirstLine = 256
    /// Where `env` looks in a scorer.
    private static let searched = ["/usr/local/bin", "/usr/bin", "/bin"]

    private static func interpreter(
        _ head: [UInt8],
        _ complaint: Complaint
    ) throws(Problem) -> String {
        let line = String(decoding: head.dropFirst(2).prefix { $0 != 10 }, as: UTF8.self)
        let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "\r" })
            .map(String.init)
        guard let named = words.first, named.hasPrefix("/") else {
            throw complaint(
                .invalid,
                "noInterpreter",
                "its first line names no interpreter by its whole path",
                "write '#!/usr/bin/python3' or another"
            )
        }
        if RelativePath.lastComponent(of: named) == "env" {
            let asked = words.dropFirst().first { !$0.hasPrefix("-") && !$0.contains("=") }
            guard let asked else { return named }
            guard let found = searched.map({ "\($0)/\(asked)" }).first(where: isProgram) else {
                throw complaint(
                    .invalid,
                    "noInterpreter",
                    "its first line asks for '\(asked)', which is in none of "
                        + searched.joined(separator: ", "),
                    "install it there, or name another"
                )
            }
            return found
        }
        guard isProgram(named) else {
            throw complaint(
                .invalid,
                "noInterpreter",
                "its first line names '\(named)', which is not there",
                "install it, or name one that is"
            )
        }
        guard MachineFolders.hold(named) else {
            throw complaint(
                .invalid,
                "hiddenInterpreter",
                "its first line names '\(named)', which a scorer does not see",
                "name one in /usr or /bin; packages of Python are had by 'code_configuration' with "
                    + "an environment"
            )
        }
        return named
    }

    private static func isProgram(_ path: String) -> Bool { access(path, X_OK) == 0 }
}

/// Why a program is refused, in its words.
private struct Complaint {
    let path: String
    let location: Problem.Location?

    func callAsFunction(
        _ kind: Problem.Kind,
        _ code: String,
        _ why: String,
        _ remedy: String
    ) -> Problem {
        Problem(
            kind,
            code: code,
            what: "cannot deploy '\(path)' as a scorer: \(why)",
            remedy: remedy,
            location: location
        )
    }
}
