// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Builds a tree from a document's events and refuses what the grammar lets pass.
struct YAMLTreeBuilder {
    /// A value and what it counts for when an alias stands for it.
    private struct Measured {
        let node: YAMLNode
        var nodes = 1
        var aliases = 0
        var height = 0
    }

    /// A list or mapping that is not closed yet.
    private struct Open {
        let location: Problem.Location
        let anchor: String?
        let isMapping: Bool
        var elements: [YAMLNode] = []
        var entries: [YAMLEntry] = []
        var keys: [String: Problem.Location] = [:]
        var key: (text: String, location: Problem.Location)?
        var isAtKey = true
        var nodes = 1
        var aliases = 0
        var height = 0
    }

    /// What an anchor's name stands for.
    private enum Anchored {
        case open
        case closed(Measured)
    }

    private static let coreTags: Set<String> = [
        "!", "tag:yaml.org,2002:str", "tag:yaml.org,2002:int", "tag:yaml.org,2002:float",
        "tag:yaml.org,2002:bool", "tag:yaml.org,2002:null", "tag:yaml.org,2002:seq",
        "tag:yaml.org,2002:map",
    ]

    /// The document's value, once it has been read whole.
    private(set) var root: YAMLNode?
    /// What was refused.
    private(set) var findings = Findings()

    private let file: String
    private let limits: YAMLReader.Limits
    private var open: [Open] = []
    private var anchors: [String: Anchored] = [:]
    private var documents = 0
    private var nodes = 0
    private var aliases = 0

    init(file: String, limits: YAMLReader.Limits) {
        self.file = file
        self.limits = limits
    }

    /// Takes the next event; false ends the reading.
    mutating func take(_ event: YAMLEvent) -> Bool {
        let location = Problem.Location(file: file, line: event.line, column: event.column)
        switch event.kind {
        case .documentStart:
            documents += 1
            guard documents == 1 else {
                return stop(
                    "severalDocuments",
                    "a second document begins",
                    "keep one document in the file",
                    at: location
                )
            }
            return true
        case .scalar(let text, let isQuoted):
            return takeScalar(text, isQuoted: isQuoted, event, at: location)
        case .alias(let name):
            return takeAlias(name, at: location)
        case .sequenceStart, .mappingStart:
            return takeStart(event, at: location)
        case .collectionEnd:
            return takeEnd()
        case .streamEnd:
            if root?.isNull ?? true, findings.isClean {
                findings.refuse(
                    "emptyDocument",
                    "'\(file)' is empty",
                    "write the document or remove the file",
                    at: Problem.Location(file: file, line: 1, column: 1)
                )
            }
            return false
        case .tab:
            return stop(
                "syntax",
                "a tab stands here, and YAML is indented with spaces alone",
                "write spaces in its place",
                at: location
            )
        case .broken(let why):
            return stop(
                "syntax",
                "the text is not YAML: \(why)",
                "mend what stands just before this place, or save the file again",
                at: location
            )
        }
    }

    private mutating func takeScalar(
        _ text: String,
        isQuoted: Bool,
        _ event: YAMLEvent,
        at location: Problem.Location
    ) -> Bool {
        checkTag(event.tag, at: location)
        if let control = text.unicodeScalars.first(where: TextCheck.isControl) {
            findings.refuse(
                "controlCharacter",
                "a text holds the control character U+\(TextCheck.fourDigits(control.value))",
                "remove it",
                at: location
            )
        }
        let isPlain =
            switch event.tag {
            case nil: !isQuoted
            case "!", "tag:yaml.org,2002:str": false
            default: true
            }
        let scalar = YAMLScalar(text: text, isPlain: isPlain)
        let measured = Measured(node: YAMLNode(content: .scalar(scalar), location: location))
        if let anchor = event.anchor { anchors[anchor] = .closed(measured) }
        return count(1, at: location) && place(measured, at: location)
    }

    private mutating func takeAlias(_ name: String, at location: Problem.Location) -> Bool {
        guard let anchored = anchors[name] else {
            return stop(
                "undefinedAlias",
                "the alias '*\(name)' has no anchor before it",
                "write '&\(name)' where its value stands, or the value itself",
                at: location
            )
        }
        guard case .closed(let target) = anchored else {
            return stop(
                "recursiveAlias",
                "the alias '*\(name)' stands inside its own value",
                "write the value out",
                at: location
            )
        }
        aliases += target.aliases + 1
        guard aliases <= limits.aliases else {
            return stop(
                "tooManyAliases",
                "the aliases expand more than \(limits.aliases) times",
                "write the values out",
                at: location
            )
        }
        guard open.count + target.height <= limits.depth else { return stopDeep(at: location) }
        // The copy bears the place where it is used: that is what a person must change.
        let copy = YAMLNode(content: target.node.content, location: location)
        return count(target.nodes, at: location)
            && place(
                Measured(
                    node: copy,
                    nodes: target.nodes,
                    aliases: target.aliases + 1,
                    height: target.height
                ),
                at: location
            )
    }

    private mutating func takeStart(_ event: YAMLEvent, at location: Problem.Location) -> Bool {
        checkTag(event.tag, at: location)
        guard open.count < limits.depth else { return stopDeep(at: location) }
        if let anchor = event.anchor { anchors[anchor] = .open }
        var isMapping = false
        if case .mappingStart = event.kind { isMapping = true }
        open.append(Open(location: location, anchor: event.anchor, isMapping: isMapping))
        return count(1, at: location)
    }

    private mutating func takeEnd() -> Bool {
        guard let closed = open.popLast() else { return false }
        let content: YAMLNode.Content =
            closed.isMapping ? .mapping(closed.entries) : .sequence(closed.elements)
        let measured = Measured(
            node: YAMLNode(content: content, location: closed.location),
            nodes: closed.nodes,
            aliases: closed.aliases,
            height: closed.height + 1
        )
        if let anchor = closed.anchor { anchors[anchor] = .closed(measured) }
        return place(measured, at: closed.location)
    }

    /// Puts a value where it belongs: the root, a list's end, a mapping's key or its value.
    private mutating func place(_ value: Measured, at location: Problem.Location) -> Bool {
        guard var parent = open.popLast() else {
            root = value.node
            return true
        }
        parent.nodes += value.nodes
        parent.aliases += value.aliases
        parent.height = max(parent.height, value.height)
        if !parent.isMapping {
            parent.elements.append(value.node)
        } else if parent.isAtKey {
            parent.key = key(value.node, in: &parent, at: location)
            parent.isAtKey = false
        } else {
            if let key = parent.key {
                parent.entries.append(
                    YAMLEntry(key: key.text, location: key.location, value: value.node)
                )
            }
            parent.isAtKey = true
        }
        open.append(parent)
        return true
    }

    /// The key's text; nothing, with the problem, for a key that is refused.
    private mutating func key(
        _ node: YAMLNode,
        in parent: inout Open,
        at location: Problem.Location
    ) -> (text: String, location: Problem.Location)? {
        guard let scalar = node.scalar else {
            findings.refuse("keyNotText", "a key is \(node.kind)", "write a text", at: location)
            return nil
        }
        if scalar.isPlain, scalar.text == "<<" {
            findings.refuse(
                "mergeKey",
                "a merge key '<<' stands here",
                "write the merged keys out",
                at: location
            )
            return nil
        }
        if let first = parent.keys[scalar.text] {
            findings.refuse(
                "duplicateKey",
                "the key '\(scalar.text.excerpt)' stands here again, first on line "
                    + "\(first.line ?? 0)",
                "keep one of them",
                at: location
            )
            return nil
        }
        parent.keys[scalar.text] = location
        return (scalar.text, location)
    }

    private mutating func checkTag(_ tag: String?, at location: Problem.Location) {
        guard let tag, !Self.coreTags.contains(tag) else { return }
        findings.refuse(
            "tagNotAllowed",
            "the tag '\(tag.excerpt)' is not one of YAML's core",
            "write plain values: nothing here is turned into an object",
            at: location
        )
    }

    private mutating func count(_ more: Int, at location: Problem.Location) -> Bool {
        nodes += more
        guard nodes <= limits.nodes else {
            return stop(
                "tooManyNodes",
                "the document has more than \(limits.nodes) values, aliases counted",
                "make it smaller",
                at: location
            )
        }
        return true
    }

    private mutating func stopDeep(at location: Problem.Location) -> Bool {
        stop(
            "tooDeep",
            "lists and mappings stand more than \(limits.depth) deep",
            "make it flatter",
            at: location
        )
    }

    private mutating func stop(
        _ code: String,
        _ what: String,
        _ remedy: String = "",
        at location: Problem.Location
    ) -> Bool {
        findings.refuse(code, what, remedy, at: location)
        return false
    }
}
