// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Vocabulary

/// What a deployment's scorers can and cannot do, as a person reads it: told once where it is the
/// same for all of them, which it is but for their uids.
struct EnclosureReport {
    private let instances: [InstanceStatus]

    init(_ instances: [InstanceStatus]) {
        self.instances = instances
    }

    /// An empty line before each kind of enclosure, then a line for each of its subjects.
    var lines: [String] {
        var kinds: [(like: Enclosure, ordinals: [InstanceID])] = []
        for instance in instances {
            guard let enclosure = instance.enclosure else { continue }
            let kind = kinds.firstIndex { Self.isAlike($0.like, enclosure) }
            if let kind {
                kinds[kind].ordinals.append(instance.id)
            } else {
                kinds.append((enclosure, [instance.id]))
            }
        }
        guard !kinds.isEmpty else {
            return ["", "what its scorers can and cannot do is known once one runs"]
        }
        return kinds.flatMap { kind in
            let whose =
                kinds.count == 1
                ? "its scorers" : kind.ordinals.map { "\($0)" }.joined(separator: ", ")
            return ["", "at isolation '\(kind.like.level.rawValue)', \(whose):"]
                + kind.like.lines.map { "  \($0.subject.padded(to: 9))  \($0.words)" }
        }
    }

    /// Whether both say the same but for the uid.
    private static func isAlike(_ left: Enclosure, _ right: Enclosure) -> Bool {
        var left = left
        left.user = right.user
        return left == right
    }
}
