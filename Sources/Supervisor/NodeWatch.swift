// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// Whether a node that is there answers: asked once, and looked at each second.
///
/// A stopped process keeps its connection; nothing else tells that it does nothing. Looks are
/// counted, not seconds: while this process got no time itself it did not look, and blames nobody
/// for that. One question is open at most: what is not read must not fill the connection.
struct NodeWatch {
    /// What to do about a look.
    enum Step: Equatable {
        case nothing
        /// Ask it to say something.
        case ask
        /// It has been silent for too long.
        case isSilent
    }

    /// Looks that an answer may take.
    static let patience = 3
    /// From one look to the next.
    static let interval = Duration.seconds(1)

    private var looks: Int?
    private var isSilent = false

    /// Looks once more.
    mutating func look() -> Step {
        guard let known = looks else {
            looks = 0
            return .ask
        }
        looks = known + 1
        guard known + 1 >= Self.patience, !isSilent else { return .nothing }
        isSilent = true
        return .isSilent
    }

    /// Something came of it; answers whether it had been silent.
    mutating func hear() -> Bool {
        defer { isSilent = false }
        looks = nil
        return isSilent
    }
}
