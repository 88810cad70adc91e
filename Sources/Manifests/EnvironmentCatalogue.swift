// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// The curated environments: definitions that come along with Scorekeeper and build here.
///
/// Shape: in the catalogue's folder one folder for each environment, of its name, with the newest
/// definition in it and older ones in folders of any name below. A definition is a file
/// `environment.yml`, Azure ML's environment document with `name`, `version` and `conda_file`.
public struct EnvironmentCatalogue: Sendable {
    /// One version of one environment.
    public struct Entry: Sendable, Hashable {
        /// The environment's name.
        public let name: String
        /// Its version: numbers between dots.
        public let version: String
        /// The folder of its definition.
        public let folder: String
        /// The conda file in that folder.
        let condaFile: String

        /// As manifests name it.
        public var reference: EnvironmentName { EnvironmentName(name: name, version: version) }

        fileprivate var numbers: [Int] { version.split(separator: ".").compactMap { Int($0) } }
    }

    /// The definition's file.
    public static let fileName = "environment.yml"
    private static let keys = [
        "$schema", "name", "version", "conda_file", "description", "tags",
    ]

    /// The folder.
    public let folder: String
    /// What is in it, by name and version.
    public private(set) var entries: [Entry] = []
    /// What of it cannot be used.
    public private(set) var problems: [Problem] = []

    /// Reads what the folder holds; a folder that is not there holds nothing.
    public init(folder: String) {
        self.folder = folder
        for name in FolderNames.visible(in: folder) {
            read("\(folder)/\(name)", of: name)
            for below in FolderNames.visible(in: "\(folder)/\(name)") {
                read("\(folder)/\(name)/\(below)", of: name)
            }
        }
        entries.sort { ($0.name, $0.numbers) < ($1.name, $1.numbers) }
    }

    /// The environment of that name.
    ///
    /// Shape: `registered` are those of a server's own, which were looked through before; nothing
    /// where no server was asked.
    /// Errors: `unknownEnvironment` with the nearest name and all there are.
    public func find(
        _ name: EnvironmentName,
        at location: Problem.Location?,
        registered: [EnvironmentName]? = nil
    ) throws(Problem) -> Entry {
        let all = entries.filter { $0.name == name.name }
        let found = name.version.map { version in all.last { $0.version == version } } ?? all.last
        if let found { return found }
        func listed(_ names: [EnvironmentName]) -> String {
            names.map(\.description).joined(separator: ", ")
        }
        let curated =
            entries.isEmpty
            ? "none come along here" : "\(listed(entries.map(\.reference))) come along"
        let own = registered.map { names in
            names.isEmpty ? ", none are registered" : ", registered: \(listed(names))"
        }
        let there = "\(curated)\(own ?? "")"
        let isRegistered = registered?.contains { $0.name == name.name } == true
        let isNamed = !all.isEmpty || isRegistered
        if let version = name.version, isNamed {
            throw Problem(
                .notFound,
                code: "unknownEnvironment",
                what: "the environment '\(name.name)' has no version '\(version)'",
                remedy: "\(there); 'scorekeeper environment create' registers one",
                location: location
            )
        }
        let names = Set(entries.map(\.name) + (registered ?? []).map(\.name)).sorted()
        let nearest = NearestWord.of(name.name, among: names).map { "did you mean '\($0)'? " }
        throw Problem(
            .notFound,
            code: "unknownEnvironment",
            what: "there is no environment '\(name.name)'",
            remedy: "\(nearest ?? "")\(there); 'scorekeeper environment create' registers one, or "
                + "it is written inline with 'conda_file'",
            location: location
        )
    }

    /// What an environment has installed.
    public func definition(of entry: Entry) -> Reading<EnvironmentDefinition> {
        EnvironmentDefinitionReader.read(
            condaFile: entry.condaFile,
            in: ModelDirectory(path: entry.folder),
            askedAt: Problem.Location(file: "\(entry.folder)/\(Self.fileName)")
        )
    }

    private mutating func read(_ path: String, of name: String) {
        let place = ModelDirectory(path: path)
        let file = place.name(of: Self.fileName)
        do throws(Problem) {
            guard let bytes = try place.read(Self.fileName, limit: 1 << 16) else { return }
            var values = DocumentValues()
            let root = YAMLReader.read(bytes, file: file, into: &values.findings)
            if let root, let entry = Self.entry(root, of: name, in: path, &values) {
                entries.append(entry)
            }
            problems += values.findings.problems
        } catch {
            problems.append(error)
        }
    }

    private static func entry(
        _ root: YAMLNode,
        of name: String,
        in folder: String,
        _ values: inout DocumentValues
    ) -> Entry? {
        for entry in values.entries(root, "the document") where !keys.contains(entry.key) {
            values.refuseUnknown(entry, among: keys, in: "the environment")
        }
        func text(_ key: String) -> String? {
            guard let node = root[key] else {
                values.refuse("missingKey", "'\(key)' is missing", "write it", root)
                return nil
            }
            return values.text(node, key)
        }
        guard let written = text("name"), let version = text("version"),
            let condaFile = text("conda_file")
        else { return nil }
        if written != name {
            values.refuse(
                "environmentName",
                "'name' is '\(written.excerpt)', and the folder is '\(name)'",
                "call them the same",
                root["name"] ?? root
            )
        }
        let numbers = version.split(separator: ".", omittingEmptySubsequences: false)
        if !numbers.allSatisfy({ Int($0).map { $0 >= 0 } ?? false }) {
            values.refuse(
                "environmentVersion",
                "'version' is '\(version.excerpt)'",
                "write numbers between dots, as '1' or '1.2'",
                root["version"] ?? root
            )
        }
        guard values.findings.isClean else { return nil }
        return Entry(name: name, version: version, folder: folder, condaFile: condaFile)
    }
}

/// By each number in turn.
private func < (left: (String, [Int]), right: (String, [Int])) -> Bool {
    left.0 == right.0 ? left.1.lexicographicallyPrecedes(right.1) : left.0 < right.0
}
