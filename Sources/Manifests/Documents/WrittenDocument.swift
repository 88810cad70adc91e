// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// A document as it was written, kept so that single values of it can be changed later.
///
/// Its places are gone: a problem with it names the file that it came from.
public struct WrittenDocument: Hashable, Codable, Sendable {
    /// One value.
    indirect enum Value: Hashable, Codable, Sendable {
        /// A scalar that may stand for null, a boolean or a number.
        case plain(String)
        /// A scalar that is text.
        case text(String)
        case list([Value])
        case mapping([Member])
    }

    /// One key and its value.
    struct Member: Hashable, Codable, Sendable {
        let key: String
        let value: Value
    }

    /// The folder that its paths are counted from.
    public let folder: String
    private let root: Value

    /// Keeps a tree.
    init(_ root: YAMLNode, in folder: String) {
        self.folder = folder
        self.root = Value(root)
    }

    /// Makes an endpoint's document of what is declared of it.
    public init(
        endpoint name: EndpointName,
        authMode: String,
        description: String?,
        tags: [String: String],
        properties: [String: String],
        shares: [String: [String: Int]]
    ) {
        func texts(_ pairs: [String: String]) -> Value {
            .mapping(pairs.sorted { $0.key < $1.key }.map { Member(key: $0, value: .text($1)) })
        }
        func percents(_ pairs: [String: Int]) -> Value {
            .mapping(
                pairs.sorted { $0.key < $1.key }.map { Member(key: $0, value: .plain("\($1)")) }
            )
        }
        var members = [
            Member(key: "name", value: .text(name.text)),
            Member(key: "auth_mode", value: .text(authMode)),
            Member(key: "tags", value: texts(tags)),
            Member(key: "properties", value: texts(properties)),
        ]
        if let description { members.append(Member(key: "description", value: .text(description))) }
        members += shares.sorted { $0.key < $1.key }.map {
            Member(key: $0, value: percents($1))
        }
        folder = "/"
        root = .mapping(members)
    }

    /// The same with one value written over it.
    public func setting(_ path: [String], to value: String) -> WrittenDocument {
        var findings = Findings()
        let override = ManifestOverride(path: path, value: value, place: path.last ?? "")
        let tree = ManifestOverride.apply([override], to: tree(from: ""), into: &findings)
        return WrittenDocument(tree, in: folder)
    }

    /// A scalar's text; nothing for what is none, or is not there.
    public func text(_ path: String...) -> String? {
        path.reduce(tree(from: "") as YAMLNode?) { $0?[$1] }?.text
    }

    /// The texts of a mapping's scalars, by their keys.
    public func texts(_ key: String) -> [String: String] {
        let entries = tree(from: "")[key]?.entries ?? []
        let pairs = entries.compactMap { entry in entry.value.text.map { (entry.key, $0) } }
        return Dictionary(pairs) { $1 }
    }

    /// Whether the packages of its scorers are described in it or in a file that it names.
    var describesEnvironment: Bool { tree(from: "")["environment"]?.entries != nil }

    /// The tree, every place in it that of the file.
    func tree(from file: String) -> YAMLNode {
        root.node(at: Problem.Location(file: file))
    }
}

extension WrittenDocument.Value {
    init(_ node: YAMLNode) {
        switch node.content {
        case .scalar(let scalar): self = scalar.isPlain ? .plain(scalar.text) : .text(scalar.text)
        case .sequence(let elements): self = .list(elements.map { Self($0) })
        case .mapping(let entries):
            self = .mapping(
                entries.map { WrittenDocument.Member(key: $0.key, value: Self($0.value)) }
            )
        }
    }

    func node(at location: Problem.Location) -> YAMLNode {
        let content: YAMLNode.Content
        switch self {
        case .plain(let text): content = .scalar(YAMLScalar(text: text, isPlain: true))
        case .text(let text): content = .scalar(YAMLScalar(text: text, isPlain: false))
        case .list(let values): content = .sequence(values.map { $0.node(at: location) })
        case .mapping(let members):
            content = .mapping(
                members.map {
                    YAMLEntry(key: $0.key, location: location, value: $0.value.node(at: location))
                }
            )
        }
        return YAMLNode(content: content, location: location)
    }
}
