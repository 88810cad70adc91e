// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Manifests
import Vocabulary

/// The Python that a definition gets among those on the machine: a decision, nothing runs.
///
/// Interpreters in somebody's home folder come last: another user's scorer may not be able to reach
/// them, and they change under our feet. A pinned patch is met by any patch of the same minor
/// version, because wheels and byte code are the same for all of them; that is told.
struct InterpreterChoice: Hashable, Sendable {
    /// The Python to use.
    let interpreter: Interpreter
    /// What a person should be told about it.
    let notices: [String]

    /// Chooses; nothing where no Python on the machine will do.
    ///
    /// Shape: `homes` are folders, without a slash at the end, whose Pythons come last.
    static func among(
        _ candidates: [Interpreter],
        for requirement: PythonRequirement,
        policy: PythonPolicy,
        homes: [String]
    ) -> InterpreterChoice? {
        let (personal, shared) = candidates.partitioned { candidate in
            homes.contains { candidate.path.hasPrefix($0 + "/") }
        }
        for group in [shared, personal] {
            if let choice = exact(group, requirement) ?? samePatchLine(group, requirement) {
                return choice
            }
        }
        guard policy == .nearest else { return nil }
        for group in [shared, personal] {
            if let choice = nearest(group, requirement) { return choice }
        }
        return nil
    }

    private static func exact(
        _ candidates: [Interpreter],
        _ requirement: PythonRequirement
    ) -> InterpreterChoice? {
        let best = requirement.choice(among: candidates.map(\.version), policy: .exact)
        return candidates.first { $0.version == best }.map {
            InterpreterChoice(interpreter: $0, notices: [])
        }
    }

    private static func samePatchLine(
        _ candidates: [Interpreter],
        _ requirement: PythonRequirement
    ) -> InterpreterChoice? {
        guard let pinned = requirement.pinned else { return nil }
        let line = PythonVersion(major: pinned.major, minor: pinned.minor)
        let same = candidates.filter { $0.version.begins(with: line) }
        guard let best = same.map(\.version).max(),
            let interpreter = same.first(where: { $0.version == best })
        else { return nil }
        return InterpreterChoice(
            interpreter: interpreter,
            notices: [
                "uses Python \(best) from '\(interpreter.path)' for the Python \(requirement) that "
                    + "the model asks for: the minor version is the same"
            ]
        )
    }

    private static func nearest(
        _ candidates: [Interpreter],
        _ requirement: PythonRequirement
    ) -> InterpreterChoice? {
        let best = requirement.choice(among: candidates.map(\.version), policy: .nearest)
        return candidates.first { $0.version == best }.map {
            InterpreterChoice(
                interpreter: $0,
                notices: [
                    "uses Python \($0.version) from '\($0.path)', the nearest to the Python "
                        + "\(requirement) that the model asks for, as its settings allow"
                ]
            )
        }
    }
}

extension Array {
    /// The elements that pass and those that do not, each in their order.
    fileprivate func partitioned(
        _ passes: (Element) -> Bool
    ) -> (passing: [Element], rest: [Element]) {
        (filter(passes), filter { !passes($0) })
    }
}
