// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// One line of a `conda.yaml`: a package and the versions of it that will do.
///
/// Shape: `name`, `name=1.2`, `name==1.2`, `name >=1.2,<2`, `name 1.2.*`, `channel::name`. Builds
/// (`name=1.2=py311_0`), alternatives (`|`) and brackets are refused: they say something about
/// conda's own files, which are not what is installed here.
///
/// Source: conda's MatchSpec documentation.
struct CondaSpecification: Hashable {
    /// Why a line is refused.
    struct Fault: Error, Hashable {
        let reason: String
    }

    /// One comparison, as it was written.
    struct Clause: Hashable {
        let relation: PythonRequirement.Relation
        let version: String
    }

    /// The package's name as conda has it, lower case.
    let name: String
    /// The comparisons; none accepts every version.
    let clauses: [Clause]

    /// Reads one line.
    init(_ line: String) throws(Fault) {
        var text = line.trimmed[...]
        if let channel = text.firstRange(of: "::") { text = text[channel.upperBound...] }
        let name = text.prefix { "=<>!~ \t[".contains($0) == false }
        guard let first = name.utf8.first, first.isASCIILetterOrDigit || first == UInt8(ascii: "_"),
            name.utf8.allSatisfy({ $0.isASCIILetterOrDigit || "-_.".utf8.contains($0) })
        else { throw Fault(reason: "it does not begin with a package's name") }
        self.name = name.lowercased()
        let rest = text.dropFirst(name.count).trimmed
        guard !rest.contains("[") else { throw Fault(reason: "brackets are not read") }
        guard !rest.contains("|") else { throw Fault(reason: "alternatives ('|') are not read") }
        guard !rest.contains("~") else { throw Fault(reason: "'~=' is not read; write both ends") }
        var clauses: [Clause] = []
        for part in rest.split(separator: ",") {
            if let clause = try Self.clause(part.trimmed) { clauses.append(clause) }
        }
        self.clauses = clauses
    }

    private static func clause(_ text: String) throws(Fault) -> Clause? {
        let relations: [PythonRequirement.Relation] = [
            .equal, .unequal, .atLeast, .atMost, .prefix, .above, .below,
        ]
        var relation = PythonRequirement.Relation.equal
        var version = text
        if let written = relations.first(where: { text.hasPrefix($0.rawValue) }) {
            relation = written
            version = text.dropFirst(written.rawValue.count).trimmed
        }
        guard !version.contains("="), !version.contains(" ") else {
            throw Fault(reason: "a build ('\(version.excerpt)') is conda's own; leave it out")
        }
        if text.isEmpty { return nil }
        if version == "*", relation == .equal || relation == .prefix { return nil }
        if version.hasSuffix("*") {
            guard relation == .equal || relation == .prefix else {
                throw Fault(reason: "'*' stands only in an equality")
            }
            relation = .prefix
            version = String(version.dropLast(version.hasSuffix(".*") ? 2 : 1))
        }
        guard let first = version.utf8.first, first.isASCIIDigit,
            version.utf8.allSatisfy({ $0.isASCIILetterOrDigit || ".!+_-".utf8.contains($0) })
        else { throw Fault(reason: "'\(version.excerpt)' is no version") }
        return Clause(relation: relation, version: version)
    }

    /// The clauses as PEP 440 writes them; conda's `=1.2` is `==1.2.*`.
    var specifiers: String {
        clauses.map {
            $0.relation == .prefix ? "==\($0.version).*" : "\($0.relation.rawValue)\($0.version)"
        }
        .joined(separator: ",")
    }
}
