// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Reads the `signature` of an `MLmodel`: JSON texts inside YAML.
///
/// A JSON text has no lines of its own here, so its problems are placed where it begins and name
/// the character.
struct ModelSignatureReader {
    /// Elements that NumPy knows, besides texts, bytes and dates of a given width.
    private static let elementTypes: Set<String> = [
        "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
        "float16", "float32", "float64", "complex64", "complex128", "str", "bytes", "object",
        "datetime64", "timedelta64", "string",
    ]

    /// What was found on the way.
    private(set) var findings = Findings()

    /// Reads the three parts; nothing when the signature is null or a part is refused.
    mutating func read(_ node: YAMLNode) -> ModelSignature? {
        guard !node.isNull else { return nil }
        guard node.entries != nil else {
            findings.refuse(
                "signatureNotMapping",
                "'signature' is \(node.kind)",
                "save the model again with its signature",
                at: node.location
            )
            return nil
        }
        let inputs = schema(node, "inputs")
        let outputs = schema(node, "outputs")
        let parameters = parameters(node)
        guard inputs != nil || outputs != nil || !parameters.isEmpty else { return nil }
        return ModelSignature(inputs: inputs, outputs: outputs, parameters: parameters)
    }

    private mutating func json(
        _ node: YAMLNode,
        _ part: String
    ) -> (value: JSONNode, location: Problem.Location)? {
        guard let field = node[part], !field.isNull else { return nil }
        guard let text = field.text else {
            refuse("'signature.\(part)' is \(field.kind), not a JSON text", at: field.location)
            return nil
        }
        do throws(JSONReader.Fault) {
            let value = try JSONReader.read(text)
            return value.isNull ? nil : (value, field.location)
        } catch {
            refuse(
                "'signature.\(part)' is not JSON at its character \(error.offset): \(error.reason)",
                at: field.location
            )
            return nil
        }
    }

    private mutating func refuse(_ what: String, at location: Problem.Location) {
        findings.refuse("signature", what, "save the model again with its signature", at: location)
    }

    private mutating func schema(
        _ node: YAMLNode,
        _ part: String
    ) -> ModelSignature.Schema? {
        guard let (json, location) = json(node, part) else { return nil }
        guard let elements = json.elements, !elements.isEmpty else {
            refuse("'signature.\(part)' is not a list of columns or tensors", at: location)
            return nil
        }
        let tensors = elements.count { $0["type"]?.string == "tensor" }
        guard tensors == 0 || tensors == elements.count else {
            refuse("'signature.\(part)' mixes columns and tensors", at: location)
            return nil
        }
        let schema: ModelSignature.Schema
        if tensors > 0 {
            guard
                let tensors = Self.allOf(
                    elements,
                    { tensor($0, "signature.\(part)[\($1)]", location) }
                )
            else { return nil }
            schema = .tensors(tensors)
        } else {
            guard
                let columns = Self.allOf(
                    elements,
                    { column($0, "signature.\(part)[\($1)]", location) }
                )
            else { return nil }
            schema = .columns(columns)
        }
        checkNames(schema, part, location)
        return schema
    }

    private mutating func checkNames(
        _ schema: ModelSignature.Schema,
        _ part: String,
        _ location: Problem.Location
    ) {
        let names: [String?]
        switch schema {
        case .columns(let columns):
            names = columns.map(\.name)
            if columns.contains(where: { $0.name == nil && !$0.isRequired }) {
                refuse("'signature.\(part)' has an optional column without a name", at: location)
            }
        case .tensors(let tensors):
            names = tensors.map(\.name)
            if names.count > 1, names.contains(nil) {
                refuse("'signature.\(part)' has several tensors, one without a name", at: location)
            }
        }
        if names.contains(nil), names.contains(where: { $0 != nil }) {
            refuse("'signature.\(part)' names some of its parts and not others", at: location)
        }
    }

    private static func allOf<Value>(
        _ elements: [JSONNode],
        _ read: (JSONNode, Int) -> Value?
    ) -> [Value]? {
        var values: [Value] = []
        for (index, element) in elements.enumerated() {
            guard let value = read(element, index) else { return nil }
            values.append(value)
        }
        return values
    }

    private mutating func name(
        _ json: JSONNode,
        _ path: String,
        _ location: Problem.Location
    ) -> String?? {
        guard let name = json["name"], !name.isNull else { return .some(nil) }
        // Columns that came from a table without headings are named by numbers.
        if case .number(let text) = name { return .some(text) }
        guard let text = name.string, !text.unicodeScalars.contains(where: TextCheck.isControl)
        else {
            refuse("'\(path).name' is not a name", at: location)
            return nil
        }
        return .some(text)
    }

    private mutating func column(
        _ json: JSONNode,
        _ path: String,
        _ location: Problem.Location
    ) -> ModelSignature.Column? {
        guard let name = name(json, path, location), let type = type(json, path, location) else {
            return nil
        }
        return ModelSignature.Column(
            name: name,
            type: type,
            isRequired: json["required"]?.boolean ?? true
        )
    }

    private mutating func tensor(
        _ json: JSONNode,
        _ path: String,
        _ location: Problem.Location
    ) -> ModelSignature.Tensor? {
        guard let name = name(json, path, location) else { return nil }
        guard let elementType = json["tensor-spec"]?["dtype"]?.string,
            Self.isElementType(elementType)
        else {
            refuse("'\(path).tensor-spec.dtype' is no type that NumPy knows", at: location)
            return nil
        }
        let shape = json["tensor-spec"]?["shape"]?.elements?.map(\.integer) ?? [nil]
        let dimensions = shape.compactMap { $0 }
        guard dimensions.count == shape.count, dimensions.allSatisfy({ $0 >= -1 }) else {
            refuse("'\(path).tensor-spec.shape' is not a list of whole numbers", at: location)
            return nil
        }
        return ModelSignature.Tensor(name: name, elementType: elementType, shape: dimensions)
    }

    private static func isElementType(_ text: String) -> Bool {
        if elementTypes.contains(text) { return true }
        if text.hasPrefix("datetime64[") || text.hasPrefix("timedelta64[") {
            return text.hasSuffix("]") && text.utf8.count < 20
        }
        var rest = text[...]
        if let first = rest.first, "<>|=".contains(first) { rest = rest.dropFirst() }
        guard let kind = rest.first, "USOVaubifcMm?".contains(kind) else { return false }
        return rest.dropFirst().utf8.count <= 9
            && rest.dropFirst().utf8.allSatisfy { $0.isASCIIDigit }
    }

    private mutating func type(
        _ json: JSONNode,
        _ path: String,
        _ location: Problem.Location
    ) -> ModelSignature.ValueType? {
        guard let word = json["type"]?.string else {
            refuse("'\(path)' has no 'type'", at: location)
            return nil
        }
        if let scalar = ModelSignature.Scalar(rawValue: word) { return .scalar(scalar) }
        switch word {
        case "any": return .any
        case "sparkml-vector": return .vector
        case "array":
            guard let items = json["items"] else { break }
            return type(items, "\(path).items", location).map { .array($0) }
        case "map":
            guard let values = json["values"] else { break }
            return type(values, "\(path).values", location).map { .map($0) }
        case "object":
            guard let members = json["properties"]?.members else { break }
            return properties(members, path, location).map { .object($0) }
        default:
            refuse("'\(path).type' is '\(word.excerpt)', which MLflow does not know", at: location)
            return nil
        }
        refuse("'\(path)' is a type '\(word)' that does not say of what", at: location)
        return nil
    }

    private mutating func properties(
        _ members: [JSONMember],
        _ path: String,
        _ location: Problem.Location
    ) -> [ModelSignature.Property]? {
        var properties: [ModelSignature.Property] = []
        for member in members {
            guard
                let type = type(member.value, "\(path).properties.\(member.name.excerpt)", location)
            else { return nil }
            properties.append(
                ModelSignature.Property(
                    name: member.name,
                    type: type,
                    isRequired: member.value["required"]?.boolean ?? true
                )
            )
        }
        return properties
    }

    private mutating func parameters(_ node: YAMLNode) -> [ModelSignature.Parameter] {
        guard let (json, location) = json(node, "params") else { return [] }
        guard let elements = json.elements else {
            refuse("'signature.params' is not a list", at: location)
            return []
        }
        var parameters: [ModelSignature.Parameter] = []
        for (index, element) in elements.enumerated() {
            let path = "signature.params[\(index)]"
            guard let name = element["name"]?.string, let value = element["default"] else {
                refuse("'\(path)' has no 'name' or no 'default'", at: location)
                continue
            }
            // Old versions of MLflow wrote 'dtype' for 'type'.
            let typed =
                element["type"] == nil
                ? JSONNode.object([
                    JSONMember(name: "type", value: element["dtype"] ?? .null)
                ])
                : element
            guard let type = type(typed, path, location) else { continue }
            parameters.append(
                ModelSignature.Parameter(
                    name: name,
                    type: type,
                    defaultValue: value.text,
                    isList: element["shape"].map { !$0.isNull } ?? false
                )
            )
        }
        return parameters
    }
}
