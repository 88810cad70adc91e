// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// A value that the command line writes over a document: `--set instance_count=3`.
///
/// Shape: `a.b.c=VALUE`. Mappings on the way are made where there are none. Below `properties`,
/// `tags` and `environment_variables` the rest is one name, dots and all. A value that begins with
/// a bracket, a brace or a quote is read as YAML; any other is the text as it stands, which may
/// mean a number, `true` or `null` as it would in the document.
public struct ManifestOverride: Hashable, Sendable {
    /// Keys below which names are anyone's.
    private static let open: Set<String> = ["properties", "tags", "environment_variables"]
    /// Most steps of a path.
    private static let most = 16

    /// The keys, from the document's root.
    public let path: [String]
    /// What is written there.
    public let value: String
    /// What a problem with it names as its place: `--set a.b`.
    public let place: String

    /// Makes an override of a flag's own: `--name` writes `name`.
    public init(path: [String], value: String, place: String) {
        self.path = path
        self.value = value
        self.place = place
    }

    /// Reads what stands behind `--set`.
    ///
    /// Errors: `set` where it is no path, an equals sign and a value.
    public init(_ text: String) throws(Problem) {
        guard let equals = text.firstIndex(of: "=") else {
            throw Self.fault(text, "has no '='")
        }
        let written = String(text[..<equals])
        var path: [String] = []
        var rest = written[...]
        while let dot = rest.firstIndex(of: "."), path.last.map(Self.open.contains) != true {
            path.append(String(rest[..<dot]))
            rest = rest[rest.index(after: dot)...]
        }
        path.append(String(rest))
        guard path.allSatisfy({ !$0.isEmpty }) else { throw Self.fault(text, "has an empty key") }
        guard path.count <= Self.most else { throw Self.fault(text, "is too deep") }
        guard !written.unicodeScalars.contains(where: TextCheck.isControl) else {
            throw Self.fault(text, "holds a control character")
        }
        self.init(
            path: path,
            value: String(text[text.index(after: equals)...]),
            place: "--set \(written)"
        )
    }

    private static func fault(_ text: String, _ why: String) -> Problem {
        Problem(
            .invalid,
            code: "set",
            what: "'--set \(text.excerpt)' \(why)",
            remedy: "write it as '--set instance_count=3' or '--set tags.team=prices'"
        )
    }

    /// Where problems with it are.
    private var location: Problem.Location { Problem.Location(file: place) }

    /// The tree with all of them written over it, in order.
    static func apply(
        _ overrides: [ManifestOverride],
        to root: YAMLNode,
        into findings: inout Findings
    ) -> YAMLNode {
        overrides.reduce(root) { tree, override in
            guard let value = override.node(into: &findings) else { return tree }
            return override.write(value, into: tree, along: override.path[...], &findings)
        }
    }

    private func node(into findings: inout Findings) -> YAMLNode? {
        let begins = value.unicodeScalars.first.map { "[{\"'".unicodeScalars.contains($0) }
        guard begins ?? false else {
            if let control = value.unicodeScalars.first(where: TextCheck.isControl) {
                findings.refuse(
                    "controlCharacter",
                    "the control character U+\(TextCheck.fourDigits(control.value)) stands here",
                    "remove it",
                    at: location
                )
                return nil
            }
            let scalar = YAMLScalar(text: value, isPlain: true)
            return YAMLNode(content: .scalar(scalar), location: location)
        }
        var read = Findings()
        let node = YAMLReader.read(Array(value.utf8), file: place, into: &read)
        for problem in read.problems { findings.add(problem.at(location)) }
        return node.map { placed($0) }
    }

    private func placed(_ node: YAMLNode) -> YAMLNode {
        let content: YAMLNode.Content
        switch node.content {
        case .scalar: content = node.content
        case .sequence(let elements): content = .sequence(elements.map(placed))
        case .mapping(let entries):
            content = .mapping(
                entries.map {
                    YAMLEntry(key: $0.key, location: location, value: placed($0.value))
                }
            )
        }
        return YAMLNode(content: content, location: location)
    }

    private func write(
        _ value: YAMLNode,
        into node: YAMLNode,
        along path: ArraySlice<String>,
        _ findings: inout Findings
    ) -> YAMLNode {
        guard let key = path.first else { return value }
        guard node.isNull || node.entries != nil else {
            let above = self.path[..<path.startIndex].joined(separator: ".")
            findings.refuse(
                "set",
                "'\(above.isEmpty ? "the document" : above)' is \(node.kind), and has no keys",
                above.isEmpty
                    ? "write a document of keys and values"
                    : "set '\(above)' as a whole: '--set \(above)={...}'",
                at: location
            )
            return node
        }
        var entries = node.entries ?? []
        let nothing = YAMLNode(content: .mapping([]), location: location)
        let index = entries.firstIndex { $0.key == key }
        let below = index.map { entries[$0].value } ?? nothing
        let written = YAMLEntry(
            key: key,
            location: index.map { entries[$0].location } ?? location,
            value: write(value, into: below, along: path.dropFirst(), &findings)
        )
        // A key that is replaced as a whole stands where the command line put it.
        let isLast = path.count == 1
        let entry =
            isLast ? YAMLEntry(key: key, location: location, value: written.value) : written
        if let index { entries[index] = entry } else { entries.append(entry) }
        return YAMLNode(content: .mapping(entries), location: node.location)
    }
}
