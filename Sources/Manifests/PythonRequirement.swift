// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Which Python versions a model accepts: clauses that must all hold.
///
/// No clause at all accepts every version.
public struct PythonRequirement: Hashable, Codable, Sendable, CustomStringConvertible {
    /// How a version is compared.
    public enum Relation: String, Codable, Sendable, CaseIterable {
        /// Begins with the version: conda's `python=3.11`, and `python: 3.11` in `python_env.yaml`.
        case prefix = "="
        /// Is the version: `==3.11.7`. `==3.11` is 3.11.0, as PEP 440 has it.
        case equal = "=="
        /// Is not the version.
        case unequal = "!="
        /// Is the version or later.
        case atLeast = ">="
        /// Is the version or earlier.
        case atMost = "<="
        /// Is later than the version.
        case above = ">"
        /// Is earlier than the version.
        case below = "<"
    }

    /// One comparison.
    public struct Clause: Hashable, Codable, Sendable, CustomStringConvertible {
        /// How to compare.
        public let relation: Relation
        /// With what.
        public let version: PythonVersion

        /// Makes a comparison.
        public init(_ relation: Relation, _ version: PythonVersion) {
            self.relation = relation
            self.version = version
        }

        /// The comparison as it is written: `>=3.9`.
        public var description: String { "\(relation.rawValue)\(version)" }

        /// Whether `candidate` passes.
        public func allows(_ candidate: PythonVersion) -> Bool {
            switch relation {
            case .prefix: candidate.begins(with: version)
            case .equal: candidate.isSamePatch(as: version)
            case .unequal: !candidate.isSamePatch(as: version)
            case .atLeast: candidate >= version
            case .atMost: candidate <= version
            case .above: candidate > version
            case .below: candidate < version
            }
        }
    }

    /// The comparisons, in the order of their text.
    public let clauses: [Clause]

    /// Makes a requirement; the clauses' order does not matter.
    public init(_ clauses: [Clause]) {
        self.clauses = Array(Set(clauses)).sorted { $0.description < $1.description }
    }

    /// Accepts every version.
    public static let any = PythonRequirement([])

    /// The clauses joined by commas, or `any`.
    public var description: String {
        clauses.isEmpty ? "any" : clauses.map(\.description).joined(separator: ",")
    }

    /// The one version, or the one minor version, that is asked for; nothing for a range.
    public var pinned: PythonVersion? {
        clauses.first { $0.relation == .equal || $0.relation == .prefix }?.version
    }

    /// Whether `candidate` passes every clause.
    public func allows(_ candidate: PythonVersion) -> Bool {
        clauses.allSatisfy { $0.allows(candidate) }
    }

    /// The version to use among those that are there, and whether it is what was asked for.
    ///
    /// Shape: the highest that is allowed. Where none is and the policy is `nearest`: among the
    /// versions of the asked major, the smallest distance in minor versions, then in patches, and
    /// of two equally far the later one. Nothing otherwise.
    public func choice(among candidates: [PythonVersion], policy: PythonPolicy) -> PythonVersion? {
        if let best = candidates.filter({ allows($0) }).max() { return best }
        guard policy == .nearest, let wanted = pinned ?? clauses.first?.version else { return nil }
        let sameMajor = candidates.filter { $0.major == wanted.major }
        return sameMajor.min { left, right in
            let near = left.distance(to: wanted)
            let far = right.distance(to: wanted)
            return near == far ? left > right : near < far
        }
    }
}

/// Whether another Python than the one asked for may be used.
public enum PythonPolicy: String, Codable, Sendable, CaseIterable {
    /// Only what the model asks for.
    case exact
    /// The nearest one that is there, with a notice.
    case nearest
}

extension PythonVersion {
    fileprivate func isSamePatch(as other: PythonVersion) -> Bool {
        (major, minor, patch ?? 0) == (other.major, other.minor, other.patch ?? 0)
    }

    fileprivate func distance(to other: PythonVersion) -> Int {
        abs(minor - other.minor) * 10_000 + abs((patch ?? 0) - (other.patch ?? 0))
    }
}
