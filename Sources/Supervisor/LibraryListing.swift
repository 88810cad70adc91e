// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Vocabulary

/// What a dynamic loader says of a program that it was asked to list.
struct LibraryListing: Hashable {
    /// A library as the program asks for it, and where the loader finds it.
    struct Library: Hashable {
        /// The name that is asked for: a file's name, or a path where the program has one inside.
        let name: String
        /// Where it is.
        let path: String
    }

    /// What it finds, in its order; the kernel's own and the loader itself are not among them.
    var libraries: [Library] = []
    /// What it does not find: names, each once.
    var missing: [String] = []
    /// What else it complains of.
    var complaints: [String] = []

    /// Reads what the loader wrote.
    ///
    /// Shape: `NAME => PATH (ADDRESS)`, `PATH (ADDRESS)`, `NAME => not found`, and sentences in
    /// which a missing library stands before `: cannot open shared object file`.
    init(_ output: String) {
        for line in output.split(separator: "\n") { read(String(line)) }
    }

    private mutating func read(_ line: String) {
        let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
        if let arrow = words.firstIndex(of: "=>"), arrow > 0 {
            let name = String(words[arrow - 1])
            let found = line.range(of: " => ").map { line[$0.upperBound...] } ?? ""
            if found.hasPrefix("not found") {
                note(missing: name)
            } else {
                libraries.append(Library(name: name, path: Self.withoutAddress(found)))
            }
        } else if let range = line.range(of: ": cannot open shared object file") {
            let before = line[..<range.lowerBound]
            let name = before.range(of: ": ", options: .backwards).map { before[$0.upperBound...] }
            note(missing: String(name ?? before))
        } else if line.hasPrefix("\t/"), line.hasSuffix(")") {
            let path = Self.withoutAddress(line.dropFirst())
            let isLoader = path.split(separator: "/").last?.hasPrefix("ld") ?? false
            if !isLoader { libraries.append(Library(name: path, path: path)) }
        } else if !line.hasPrefix("\t") {
            complaints.append(line)
        }
    }

    private mutating func note(missing name: String) {
        if !missing.contains(name) { missing.append(name) }
    }

    /// A path may hold spaces and brackets; the address stands last.
    private static func withoutAddress(_ text: Substring) -> String {
        let end = text.range(of: " (0x", options: .backwards)?.lowerBound ?? text.endIndex
        return String(text[..<end])
    }
}
