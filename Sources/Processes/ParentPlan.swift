// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Vocabulary
import Wire

extension ScorerPlan {
    private static let parentTemporary: UInt64 = 256 << 20

    /// The plan of a warmed parent: the environment and nothing of any model.
    ///
    /// `visible` are folders that its scorers need and that cannot be handed to them as mounts; `runs`
    /// is where they write below `sandbox`: what a parent may not, its children never can.
    func parent(
        _ python: PythonProgram,
        at level: IsolationLevel,
        users: WarmedParent.Users,
        visible: [String],
        in place: Place,
        runs: String,
        filter: [UInt8]
    ) -> LaunchPlan {
        var plan = LaunchPlan()
        plan.flags = [.bare]
        plan.records = [Self.noCore]
        let readable = Self.outermost(Self.warmReadable(python, support: place.support) + visible)
        if level >= .sandbox {
            plan.flags.formUnion([.newRoot, .newNetwork, .keepPowers])
            plan.records.append(.hostName("warmed"))
            plan.records += parentRoot(readable, users: users, support: place.support)
            if case .block(let block) = users {
                plan.flags.insert(.userRange)
                plan.range = block
            } else {
                plan.flags.insert(.userSingle)
            }
        } else if case .shared(let own?) = users {
            plan.flags.formUnion([.becomeUser, .clearGroups])
            plan.user = own
        }
        if level >= .confined { plan.records.append(.filter(filter)) }
        if level == .confined {
            plan.flags.formUnion([.needLandlock, .denyTCP])
            plan.records += confinement(readable, in: place, network: false)
            plan.records.append(.rule(.write, runs))
        }
        let temporary = level >= .sandbox ? "/tmp" : place.scratch
        plan.records.append(.work(temporary))
        plan.records += Self.warmWords(python).map { .argument($0) }
        plan.records.append(.program(python.interpreter))
        plan.records += [
            .variable("HOME", temporary), .variable("TMPDIR", temporary),
            .variable("PATH", "/usr/local/bin:/usr/bin:/bin"), .variable("LANG", "C.UTF-8"),
        ]
        return plan
    }

    /// What a parent reads: the environment and our runtime.
    static func warmReadable(_ python: PythonProgram, support: String) -> [String] {
        python.environmentPaths + [python.runtime]
            + ["_scorer.so", "_decoder.so", "_launch.so"].map { "\(support)/\($0)" }
    }

    /// The interpreter and its arguments.
    static func warmWords(_ python: PythonProgram) -> [String] {
        [
            python.interpreter, "-I", "-B", "\(python.runtime)/scorekeeper_scorer/__main__.py",
            "warm", "--import",
        ] + python.warmModules
    }

    private func parentRoot(
        _ readable: [String],
        users: WarmedParent.Users,
        support: String
    ) -> [LaunchPlan.Record] {
        var records: [LaunchPlan.Record] = [
            .folder("/dev", mode: 0o755), .tmpfs("/dev/shm", bytes: Self.parentTemporary),
            .tmpfs("/tmp", bytes: Self.parentTemporary),
        ]
        if case .block = users {
            records.append(.processes("/proc", hidesOthers: true))
        } else {
            // Without a pid namespace of its own an ordinary user may show /proc again, not anew.
            records.append(.bind("/proc"))
        }
        records += system(network: false) + Self.people(0)
        records +=
            readable
            .filter { path in !folders.paths.contains { path.lies(inside: $0) } }
            .map { .bind($0, isOptional: $0.lies(inside: support)) }
        return records
    }
}
