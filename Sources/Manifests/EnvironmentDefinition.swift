// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What a model says it needs in order to run: a Python and a list of packages.
///
/// A definition is read from `conda.yaml`, `python_env.yaml` or `requirements.txt` by
/// `EnvironmentReading`. Everything in it has been checked: each requirement is a PEP 508 line in
/// one spelling, so nothing here can become an option, a path or an address for an installer.
///
/// Two definitions that ask for the same thing in other words, another order or another file have
/// the same `canonicalText`; the digest of that text names what is built from it.
public struct EnvironmentDefinition: Hashable, Codable, Sendable {
    /// One package that must be installed.
    public struct Requirement: Hashable, Codable, Sendable {
        /// The PEP 508 text in its one spelling, for example `scikit-learn==1.5.2`.
        public let text: String
        /// The package's normalised name (PEP 503): lower case, hyphens.
        public let name: String
        /// Where the model asks for it.
        public let location: Problem.Location

        /// Makes a requirement from parts that have been checked.
        init(text: String, name: String, location: Problem.Location) {
            self.text = text
            self.name = name
            self.location = location
        }
    }

    /// A wheel that the model brings along.
    public struct Wheel: Hashable, Codable, Sendable {
        /// Its path inside the model's directory.
        public let path: String
        /// The package's normalised name, as the file's name has it.
        public let name: String
        /// Where the model asks for it.
        public let location: Problem.Location
    }

    /// Which Python will do.
    public let python: PythonRequirement
    /// Where the model asks for that Python; nothing when it does not say.
    public let pythonLocation: Problem.Location?
    /// Packages that must be there before the others are built: pip, setuptools, wheel.
    public let buildRequirements: [Requirement]
    /// The packages, sorted by text, each once.
    public let requirements: [Requirement]
    /// Versions that hold for whatever is installed besides, sorted by text, each once.
    public let constraints: [Requirement]
    /// Wheels that the model brings along, sorted by path, each once.
    public let wheels: [Wheel]
    /// The model's own copy, absolute, that the wheels are taken from; nothing before there is one.
    public private(set) var wheelRoot: String?
    /// What was published later is not considered, where the registry tells: `2023-04-01`.
    ///
    /// What a model leaves open meant what was there when it was saved. It is the first day of the
    /// month after that, so that models saved again every day share an environment.
    public let asOf: String?
    /// What it was settled on when it was resolved once more; nothing where it never was.
    public internal(set) var settlement: EnvironmentSettlement?
    /// The files it was read from, relative to the model, in the order they were opened.
    public let sources: [String]

    /// Makes a definition; sorts the requirements and keeps the first of equal ones.
    init(
        python: PythonRequirement,
        pythonLocation: Problem.Location?,
        buildRequirements: [Requirement],
        requirements: [Requirement],
        constraints: [Requirement] = [],
        wheels: [Wheel] = [],
        asOf: String? = nil,
        sources: [String]
    ) {
        self.python = python
        self.pythonLocation = pythonLocation
        self.buildRequirements = Self.sortedOnce(buildRequirements)
        self.requirements = Self.sortedOnce(requirements)
        self.constraints = Self.sortedOnce(constraints)
        var paths: Set<String> = []
        self.wheels = wheels.filter { paths.insert($0.path).inserted }.sorted { $0.path < $1.path }
        self.wheelRoot = nil
        self.asOf = asOf
        self.settlement = nil
        self.sources = sources
    }

    /// The same definition with its wheels taken from the model's copy at `path`.
    ///
    /// The copy is named by its content, and so the definition is another for other wheels.
    public func takingWheels(from path: String) -> EnvironmentDefinition {
        guard !wheels.isEmpty else { return self }
        var definition = self
        definition.wheelRoot = path
        return definition
    }

    /// The definition in its one spelling: what its digest is taken of.
    ///
    /// Shape: a version line, `python`, then `build`, `require`, `constrain` and `wheel` lines in
    /// order of their text and what the last are taken from, the whole as of and settled on, each
    /// ended by a line feed; no line for what is not there. File names and places are left out: they change nothing that is
    /// built.
    public var canonicalText: String {
        var lines = ["scorekeeper-environment 1", "python \(python)"]
        lines += buildRequirements.map { "build \($0.text)" }
        lines += requirements.map { "require \($0.text)" }
        lines += constraints.map { "constrain \($0.text)" }
        lines += wheels.map { "wheel \($0.path)" }
        if let wheelRoot { lines.append("wheels of \(wheelRoot)") }
        if let asOf { lines.append("as of \(asOf)") }
        if let settlement { lines.append("settled \(settlement.digest)") }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func sortedOnce(_ requirements: [Requirement]) -> [Requirement] {
        var kept: [Requirement] = []
        var seen: Set<String> = []
        for requirement in requirements where seen.insert(requirement.text).inserted {
            kept.append(requirement)
        }
        return kept.sorted { $0.text < $1.text }
    }
}

extension EnvironmentDefinition {
    /// Reads a definition, also one that was kept before it could have constraints and wheels.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            python: try values.decode(PythonRequirement.self, forKey: .python),
            pythonLocation: try values.decodeIfPresent(forKey: .pythonLocation),
            buildRequirements: try values.decode([Requirement].self, forKey: .buildRequirements),
            requirements: try values.decode([Requirement].self, forKey: .requirements),
            constraints: try values.decodeIfPresent(forKey: .constraints) ?? [],
            wheels: try values.decodeIfPresent(forKey: .wheels) ?? [],
            asOf: try values.decodeIfPresent(forKey: .asOf),
            sources: try values.decode([String].self, forKey: .sources)
        )
        if let root: String = try values.decodeIfPresent(forKey: .wheelRoot) {
            self = takingWheels(from: root)
        }
        settlement = try values.decodeIfPresent(forKey: .settlement)
    }
}

extension KeyedDecodingContainer {
    fileprivate func decodeIfPresent<Value: Decodable>(forKey key: Key) throws -> Value? {
        try decodeIfPresent(Value.self, forKey: key)
    }
}
