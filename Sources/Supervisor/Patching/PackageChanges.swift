// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import EnvironmentBuilder
import Foundation
import Manifests

/// What differs between what is built and what it would be settled on.
enum PackageChanges {
    /// The changes, Python first, then in order of name.
    static func between(
        _ built: BuiltEnvironment,
        _ settlement: EnvironmentSettlement
    ) -> [PackageChange] {
        let installed = built.packages.map { ($0.name, $0.version) }
        let chosen = settlement.packages.map { ($0.name, $0.version) }
        return python(built.base, settlement) + between(installed, chosen)
    }

    /// What changes of Python itself: its version, or that the same version was made again.
    private static func python(
        _ base: Interpreter,
        _ settlement: EnvironmentSettlement
    ) -> [PackageChange] {
        let (was, will) = ("\(base.version)", "\(settlement.python)")
        if was != will { return between([("Python", was)], [("Python", will)]) }
        guard let old = base.madeAt, let new = settlement.pythonMadeAt, old != new else {
            return []
        }
        return [
            PackageChange(
                "Python",
                from: "\(was) of \(old.formatted(.iso8601))",
                to: "\(will) of \(new.formatted(.iso8601))"
            )
        ]
    }

    /// The changes from some versions to others, in order of name.
    static func between(
        _ old: [(name: String, version: String)],
        _ new: [(name: String, version: String)]
    ) -> [PackageChange] {
        let was = Dictionary(old, uniquingKeysWith: { first, _ in first })
        let will = Dictionary(new, uniquingKeysWith: { first, _ in first })
        return Set(was.keys).union(will.keys).sorted().compactMap { name in
            guard was[name] != will[name] else { return nil }
            return PackageChange(name, from: was[name], to: will[name])
        }
    }
}
