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

    /// Which Python will do.
    public let python: PythonRequirement
    /// Where the model asks for that Python; nothing when it does not say.
    public let pythonLocation: Problem.Location?
    /// Packages that must be there before the others are built: pip, setuptools, wheel.
    public let buildRequirements: [Requirement]
    /// The packages, sorted by text, each once.
    public let requirements: [Requirement]
    /// The files it was read from, relative to the model, in the order they were opened.
    public let sources: [String]

    /// Makes a definition; sorts the requirements and keeps the first of equal ones.
    init(
        python: PythonRequirement,
        pythonLocation: Problem.Location?,
        buildRequirements: [Requirement],
        requirements: [Requirement],
        sources: [String]
    ) {
        self.python = python
        self.pythonLocation = pythonLocation
        self.buildRequirements = Self.sortedOnce(buildRequirements)
        self.requirements = Self.sortedOnce(requirements)
        self.sources = sources
    }

    /// The definition in its one spelling: what its digest is taken of.
    ///
    /// Shape: a version line, `python`, then `build` and `require` lines in order of their text,
    /// each ended by a line feed. File names and places are left out: they change nothing that is
    /// built.
    public var canonicalText: String {
        var lines = ["scorekeeper-environment 1", "python \(python)"]
        lines += buildRequirements.map { "build \($0.text)" }
        lines += requirements.map { "require \($0.text)" }
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
