// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What is made of answers of a new revision that differ from those of the revision before it.
public struct ComparisonRule: Codable, Hashable, Sendable {
    /// Recent requests that the new revision is asked as well, at most; 1 or more.
    public let requests: Int
    /// How far two numbers may lie apart and count as equal, as a share of the larger.
    public let tolerance: Double
    /// Whether a difference halts the rollout; else it is told, and the rollout goes on.
    public let isRequired: Bool

    /// So many where nothing is said.
    public static let usualRequests = 64

    /// Makes a rule.
    public init(requests: Int = usualRequests, tolerance: Double = 0, isRequired: Bool) {
        self.requests = requests
        self.tolerance = tolerance
        self.isRequired = isRequired
    }

    /// What a comparison comes to.
    package func verdict(
        on found: RevisionComparison,
        of new: Revision,
        with old: Revision
    ) -> ComparisonVerdict {
        if found.requests == 0 { return .nothing }
        if found.differing > 0 {
            return .different(found.differences(of: new, with: old, tolerance: tolerance))
        }
        guard found.equal > 0 else {
            let count = Counted(found.requests, "request")
            let time = found.isCutShort ? " within their time" : ""
            return .unfinished("none of \(count) had two whole answers to compare\(time)")
        }
        return .equal
    }
}

/// What a comparison came to.
package enum ComparisonVerdict: Codable, Hashable, Sendable {
    /// No answer differs by more than it may.
    case equal
    /// Some do: how.
    case different(String)
    /// There were no recent requests.
    case nothing
    /// It came to no end: why.
    case unfinished(String)

    /// Whether the new revision may serve where it must not differ.
    package var isGood: Bool {
        switch self {
        case .equal, .nothing: true
        case .different, .unfinished: false
        }
    }
}
