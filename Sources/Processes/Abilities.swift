// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What this machine lets this node do, found by trying.
struct Abilities: Hashable, Sendable {
    /// Where scorers' uids come from.
    enum Users: Hashable, Sendable {
        /// The node is root: each run has its own uid, or that of a warmed parent below `sandbox`.
        case range
        /// The node is an ordinary user: all runs share its uid.
        case shared
    }

    /// The highest level that worked.
    var isolation: IsolationLevel
    /// Why it is not higher.
    var reasons: [String]
    /// Where scorers' uids come from.
    var users: Users
    /// Whether a sandbox begins with a user namespace of its own, because the node is not root.
    var needsUserNamespace: Bool

    /// What can be said before anything was tried.
    static func untried(isRoot: Bool) -> Abilities {
        Abilities(
            isolation: .process,
            reasons: [],
            users: isRoot ? .range : .shared,
            needsUserNamespace: !isRoot
        )
    }
}
