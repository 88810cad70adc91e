// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// A document's tree, from YAML or from JSON.
enum DocumentTree {
    /// Most values of a document of JSON; YAML has the same bound.
    private static let mostValues = YAMLReader.Limits().nodes

    /// Reads the bytes: as JSON, by its stricter rules, where the file is called so.
    static func read(
        _ bytes: [UInt8],
        file: String,
        into findings: inout Findings
    ) -> YAMLNode? {
        guard file.lowercased().hasSuffix(".json") else {
            return YAMLReader.read(bytes, file: file, into: &findings)
        }
        let limit = YAMLReader.Limits().bytes
        guard let text = TextCheck.text(bytes, file: file, limit: limit, into: &findings) else {
            return nil
        }
        var places = PlaceWalker(text, file: file)
        do throws(JSONReader.Fault) {
            let placed = try JSONReader.readPlaced(String(decoding: text, as: UTF8.self))
            guard placed.offsets.count <= mostValues else {
                findings.refuse(
                    "tooManyNodes",
                    "the document has more than \(mostValues) values",
                    "make it smaller",
                    at: places.location(of: 0)
                )
                return nil
            }
            var offsets = placed.offsets[...]
            return node(placed.node, &offsets, &places)
        } catch {
            findings.refuse(
                error.code,
                "the text is not JSON: \(error.reason)",
                "mend what stands just before this place, or save the file again",
                at: places.location(of: error.offset - 1)
            )
            return nil
        }
    }

    /// The same value with its places, which stand in the order of the text.
    private static func node(
        _ value: JSONNode,
        _ offsets: inout ArraySlice<Int>,
        _ places: inout PlaceWalker
    ) -> YAMLNode {
        let location = places.location(of: offsets.popFirst() ?? 0)
        let content: YAMLNode.Content
        switch value {
        case .null: content = .scalar(YAMLScalar(text: "null", isPlain: true))
        case .boolean(let truth):
            content = .scalar(YAMLScalar(text: truth ? "true" : "false", isPlain: true))
        case .number(let text): content = .scalar(YAMLScalar(text: text, isPlain: true))
        case .string(let text): content = .scalar(YAMLScalar(text: text, isPlain: false))
        case .array(let elements):
            content = .sequence(elements.map { node($0, &offsets, &places) })
        case .object(let members):
            content = .mapping(
                members.map { member in
                    let key = places.location(of: offsets.popFirst() ?? 0)
                    return YAMLEntry(
                        key: member.name,
                        location: key,
                        value: node(member.value, &offsets, &places)
                    )
                }
            )
        }
        return YAMLNode(content: content, location: location)
    }
}

/// Walks through a text once and says which line and column a byte stands in.
private struct PlaceWalker {
    private let text: ArraySlice<UInt8>
    private let file: String
    private var offset = 0
    private var line = 1
    private var column = 1

    init(_ text: ArraySlice<UInt8>, file: String) {
        self.text = text
        self.file = file
    }

    /// The place of the byte at `place`, from 0 and never before the last one asked for.
    ///
    /// Columns count characters.
    mutating func location(of place: Int) -> Problem.Location {
        let end = min(place, text.count)
        while offset < end {
            let byte = text[text.startIndex + offset]
            offset += 1
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        return Problem.Location(file: file, line: line, column: column)
    }
}
