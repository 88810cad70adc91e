// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What is wanted of one deployment and what is held for it.
///
/// Three revisions at most are wanted in some way. `next` is being prepared; it takes the place of
/// `target` when it is ready to be started from, so that a rollout under way goes on until then.
/// `target` is being rolled in; it becomes `current` when it serves alone. `current` is what a halted
/// rollout falls back to.
package struct Deployment: Codable, Equatable, Sendable {
    /// Why and at which revision a rollout ended badly.
    struct Halt: Codable, Equatable, Sendable {
        let revision: Revision
        let problem: Problem
        /// Whether a person wanted it so: then it is not tried again by itself.
        var isUndone: Bool?

        /// The code of a problem with what it answered, beside the revision before it.
        static let comparison = "comparison"

        /// Whether trying it again could only hide why it ended.
        var isLasting: Bool { isUndone == true || problem.code == Self.comparison }
    }

    /// Who it is.
    package let key: DeploymentKey
    /// Its revisions that something still uses, in order.
    var revisions: [RevisionRecord] = []
    /// The revision that last served alone.
    var current: Revision?
    /// The revision that is being rolled in.
    var target: Revision?
    /// The revision that is being prepared.
    var next: Revision?
    /// The revision that served before `current`, kept so that an undo can go back to it: also through
    /// a rollout that comes to nothing.
    var previous: Revision?
    /// The rollout under way, or the last that ended.
    var rollout: Rollout?
    /// Since when its rollout stands still.
    var pausedSince: Moment?
    /// What was declared last, given up or not.
    var declared: DeploymentDeclaration
    /// Whether it shall be gone.
    var isWithdrawn = false
    /// How its last rollout ended badly; forgotten at the next declaration.
    var halt: Halt?
    /// Its instances, in order.
    package internal(set) var instances: [Instance] = []
    /// The number of the next instance; numbers are never given again.
    var nextOrdinal: Int

    /// A deployment of which nothing has been prepared yet.
    init(_ declared: DeploymentDeclaration, nextOrdinal: Int) {
        self.key = declared.key
        self.declared = declared
        self.nextOrdinal = nextOrdinal
    }

    /// The revision that instances are started from: the one on its way in, or the one that stands.
    var steered: RevisionRecord? {
        guard let revision = target ?? current, !isWithdrawn else { return nil }
        return record(revision)
    }

    /// What was declared last and not given up.
    var wanted: RevisionRecord? {
        guard let revision = next ?? target ?? current, !isWithdrawn else { return nil }
        return record(revision)
    }

    func record(_ revision: Revision) -> RevisionRecord? {
        revisions.first { $0.revision == revision }
    }

    func isReferenced(_ revision: Revision) -> Bool {
        !isWithdrawn && (revision == current || revision == target || revision == next)
    }

    /// Whether what it is started from must stay.
    ///
    /// Also of the one before the one that serves, for an undo, and of one that was given up, for it is listed until another is declared, and may be tried
    /// again. The newest may have been given up before an older one was.
    func isKept(_ revision: Revision) -> Bool {
        let isListed =
            revision == halt?.revision || revision == declared.revision || revision == previous
        return isReferenced(revision) || (!isWithdrawn && isListed)
    }

    func isHeld(_ revision: Revision) -> Bool {
        instances.contains { $0.revision == revision && $0.state.reservation != nil }
    }

    mutating func change(_ revision: Revision, _ body: (inout RevisionRecord) -> Void) {
        for index in revisions.indices where revisions[index].revision == revision {
            body(&revisions[index])
        }
    }

    var serving: Int { instances.count { $0.isServing } }

    /// The revisions that bound how many instances may be held: not one that is being prepared.
    var inPlay: [RevisionRecord] {
        let steered = steered?.revision
        return revisions.filter { $0.revision == steered || isHeld($0.revision) }
    }
}
