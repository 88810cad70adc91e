// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Reads the operator's own instance types: a mapping of names to what an instance gets.
///
/// ```
/// small: { cores: 0.5, memory: 2GiB }
/// batch: { cores: 8, memory: 32GiB, exempt_from_reserve: true }
/// ```
public struct InstanceTypesReader {
    /// Keys of a type.
    static let keys = ["cores", "memory", "gpus", "exempt_from_reserve"]
    /// Longest document.
    public static let limit = 1 << 20
    /// How much memory an instance may be given.
    static let memories = (16 << 20)...(64 << 40)
    /// Most cores and GPUs of one instance.
    private static let mostCores = 1_024
    private static let mostGPUs = 64

    private var values = DocumentValues()
    private var types: [InstanceType] = []

    private init() {}

    /// Reads the document's bytes.
    ///
    /// Shape: `file` is its name for messages.
    public static func read(_ bytes: [UInt8], file: String) -> Reading<InstanceTypes> {
        var reader = InstanceTypesReader()
        if let root = YAMLReader.read(bytes, file: file, into: &reader.values.findings) {
            for entry in reader.values.entries(root, "the document") { reader.readType(entry) }
        }
        return Reading(InstanceTypes(own: reader.types), reader.values.findings)
    }

    private mutating func readType(_ entry: YAMLEntry) {
        guard isName(entry) else { return }
        guard entry.value.entries != nil else {
            return values.refuse(
                "notAMapping",
                "'\(entry.key)' is \(entry.value.kind)",
                "write what an instance gets, as '{ cores: 2, memory: 4GiB }'",
                entry.value
            )
        }
        for inner in values.entries(entry.value, entry.key) where !Self.keys.contains(inner.key) {
            values.refuseUnknown(inner, among: Self.keys, in: "the type '\(entry.key)'")
        }
        let millicores = required("cores", of: entry).flatMap { readCores($0) }
        let memory = required("memory", of: entry).flatMap {
            values.size($0, "memory", in: Self.memories)
        }
        let gpus = entry.value["gpus"].map {
            values.integer($0, "gpus", in: 0...Self.mostGPUs) ?? 0
        }
        let exempt = entry.value["exempt_from_reserve"].map {
            values.boolean($0, "exempt_from_reserve") ?? false
        }
        guard let millicores, let memory else { return }
        types.append(
            InstanceType(
                name: entry.key,
                millicores: millicores,
                memoryBytes: Int64(memory),
                gpus: gpus ?? 0,
                isExemptFromSurge: exempt ?? false
            )
        )
    }

    /// Whether a manifest could name it, and nothing else is called so.
    private mutating func isName(_ entry: YAMLEntry) -> Bool {
        let isPlain = entry.key.utf8.allSatisfy {
            $0.isASCIILetterOrDigit || "-_.".utf8.contains($0)
        }
        guard isPlain, (1...64).contains(entry.key.utf8.count) else {
            values.findings.refuse(
                "instanceTypeName",
                "'\(entry.key.excerpt)' is no name of an instance type",
                "write 1 to 64 letters, digits, '-', '_' and '.'",
                at: entry.location
            )
            return false
        }
        let name = entry.key.lowercased()
        if name == InstanceType.shared.name {
            values.findings.refuse(
                "instanceTypeName",
                "'\(entry.key)' is what instances get where no type is named",
                "choose another name",
                at: entry.location
            )
            return false
        }
        if let twin = types.first(where: { $0.name.lowercased() == name }) {
            values.findings.refuse(
                "duplicateInstanceType",
                "'\(entry.key)' stands here twice: '\(twin.name)' is the same name, for case does not "
                    + "count",
                "rename one of them",
                at: entry.location
            )
            return false
        }
        return true
    }

    private mutating func required(_ key: String, of entry: YAMLEntry) -> YAMLNode? {
        if let node = entry.value[key] { return node }
        values.findings.refuse(
            "missingKey",
            "the type '\(entry.key)' does not say its '\(key)'",
            "write it",
            at: entry.location
        )
        return nil
    }

    private mutating func readCores(_ node: YAMLNode) -> Int? {
        if let cores = node.text.flatMap({ CoreCount($0) }),
            (CoreCount.leastQuota.millicores...Self.mostCores * 1_000).contains(cores.millicores)
        {
            return cores.millicores
        }
        values.refuse(
            "range",
            "'cores' is \(node.kind)",
            "write \(CoreCount.leastQuota) to \(Self.mostCores) cores, as '2' or '0.5', with three "
                + "places at most",
            node
        )
        return nil
    }
}
