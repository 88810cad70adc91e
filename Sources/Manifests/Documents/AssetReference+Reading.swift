// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// References in documents.
extension DocumentValues {
    /// A text that names a registered model or environment.
    ///
    /// Shape: `text` begins with `azureml:`, or is `NAME:VERSION` or `NAME@latest`.
    mutating func reference(
        _ text: String,
        _ node: YAMLNode,
        _ key: String,
        to kind: AssetReference.Kind
    ) -> AssetReference? {
        if text.hasPrefix("azureml://registries/") {
            return registered(text, node, key, to: kind)
        }
        let bare = text.hasPrefix("azureml:") ? String(text.dropFirst("azureml:".count)) : text
        guard !bare.contains("/") else {
            refuse(
                "address",
                "'\(key)' is '\(text.excerpt)', an address in Azure, and none is asked here",
                "write 'azureml:NAME:VERSION' for what is registered here, or what it holds inline",
                node
            )
            return nil
        }
        guard let mark = bare.firstIndex(where: { $0 == ":" || $0 == "@" }) else {
            refuse(
                "referenceVersion",
                "'\(key)' is '\(text.excerpt)', which names no version",
                "write 'azureml:\(bare.excerpt):1' or 'azureml:\(bare.excerpt)@latest'",
                node
            )
            return nil
        }
        let rest = String(bare[mark...].dropFirst())
        return reference(
            node,
            key,
            kind: kind,
            name: String(bare[..<mark]),
            version: bare[mark] == "@" ? nil : rest,
            label: bare[mark] == "@" ? rest : nil
        )
    }

    /// An address in a registry of Azure's.
    private mutating func registered(
        _ text: String,
        _ node: YAMLNode,
        _ key: String,
        to kind: AssetReference.Kind
    ) -> AssetReference? {
        let parts = text.dropFirst("azureml://registries/".count)
            .split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 5, parts[1] == "\(kind.rawValue)s",
            ["versions", "labels"].contains(parts[3]), AssetReference.isLegalName(parts[0])
        else {
            refuse(
                "registryAddress",
                "'\(key)' is '\(text.excerpt)', which names no \(kind.rawValue) in a registry",
                "write 'azureml://registries/REGISTRY/\(kind.rawValue)s/NAME/versions/VERSION', or "
                    + "'labels/latest' at its end",
                node
            )
            return nil
        }
        guard kind == .environment else {
            refuse(
                "registryModel",
                "'\(key)' is '\(text.excerpt)', and no registry is asked for models",
                "download it, and write its path or register it here",
                node
            )
            return nil
        }
        return reference(
            node,
            key,
            kind: kind,
            name: parts[2],
            version: parts[3] == "versions" ? parts[4] : nil,
            label: parts[3] == "labels" ? parts[4] : nil,
            registry: parts[0]
        )
    }

    private mutating func reference(
        _ node: YAMLNode,
        _ key: String,
        kind: AssetReference.Kind,
        name: String,
        version: String?,
        label: String?,
        registry: String? = nil
    ) -> AssetReference? {
        guard label == nil || label == "latest" else {
            refuse(
                "label",
                "'\(key)' asks for the label '\((label ?? "").excerpt)', and 'latest' is the only one",
                "write '@latest', or a version as ':1'",
                node
            )
            return nil
        }
        guard let name = assetName(name, node, key) else { return nil }
        if let version, assetVersion(version, node, key) == nil { return nil }
        return AssetReference(
            kind,
            name: name,
            version: version,
            registry: registry,
            location: node.location
        )
    }

    /// A model's or an environment's name.
    mutating func assetName(_ text: String, _ node: YAMLNode, _ key: String) -> String? {
        guard !AssetReference.isLegalName(text) else { return text }
        refuse(
            "assetName",
            "'\(key)' has the name '\(text.excerpt)', which breaks the rule for names",
            "write \(AssetReference.nameRule)",
            node
        )
        return nil
    }

    /// A version; a number keeps the words it was written with.
    mutating func assetVersion(_ text: String, _ node: YAMLNode, _ key: String) -> String? {
        guard !AssetReference.isLegalVersion(text) else { return text }
        refuse(
            "assetVersion",
            "'\(key)' has the version '\(text.excerpt)', which breaks the rule for versions",
            "write \(AssetReference.versionRule)",
            node
        )
        return nil
    }
}
