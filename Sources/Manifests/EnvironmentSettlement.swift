// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import Vocabulary

/// What a definition was settled on when it was resolved once more: every package's one version.
///
/// A definition says what will do; a settlement says which of that is taken. A definition with a
/// settlement is another one: it is built beside what was built before, so that both can be had.
public struct EnvironmentSettlement: Hashable, Codable, Sendable {
    /// One package.
    public struct Package: Hashable, Codable, Sendable {
        /// Its normalised name.
        public let name: String
        /// Its version.
        public let version: String

        /// Makes a package.
        public init(name: String, version: String) {
            self.name = name
            self.version = version
        }

        /// The constraint that only this version meets.
        public var constraint: String { "\(name)==\(version)" }
    }

    /// The Python that the versions were chosen for.
    public let python: PythonVersion
    /// When that Python was made, where that is known: a version may be made again.
    public let pythonMadeAt: Date?
    /// The packages, in order of name.
    public let packages: [Package]
    /// Names the definition, the Python and the packages together.
    public let digest: Digest
    /// When it was resolved, by the wall clock.
    public let settledAt: Date

    /// Makes a settlement.
    public init(
        python: PythonVersion,
        pythonMadeAt: Date? = nil,
        packages: [Package],
        digest: Digest,
        settledAt: Date
    ) {
        self.python = python
        self.pythonMadeAt = pythonMadeAt
        self.packages = packages
        self.digest = digest
        self.settledAt = settledAt
    }
}

extension EnvironmentDefinition {
    /// The same definition, settled: only these versions will do.
    public func settled(on settlement: EnvironmentSettlement) -> EnvironmentDefinition {
        var definition = self
        definition.settlement = settlement
        return definition
    }

    /// The same definition as it was written: whatever it allows will do.
    public var unsettled: EnvironmentDefinition {
        var definition = self
        definition.settlement = nil
        return definition
    }

    /// The requirements that only one version meets, in order of text.
    public var exactPins: [Requirement] { requirements.filter(\.isExactPin) }
}

extension EnvironmentDefinition.Requirement {
    /// Whether only one version meets it: `name==1.0`, extras and marker aside.
    public var isExactPin: Bool {
        let clauses = text.prefix { $0 != ";" }.drop { $0 != "=" && $0 != "<" && $0 != ">" }
            .split(separator: ",")
        return clauses.contains { $0.hasPrefix("==") && !$0.contains("*") }
    }
}
