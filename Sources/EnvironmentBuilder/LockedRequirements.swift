// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Manifests
import Vocabulary

/// What the resolver settled on: every package with its version and hashes, as `uv` writes it.
struct LockedRequirements: Hashable, Sendable {
    /// The file's text.
    let text: String

    /// The packages in order of name.
    ///
    /// Shape: a line that does not begin with white space or `#` begins a package, `name==version`
    /// or `name @ address of a wheel` first on it; an extra in brackets is not part of the name.
    var packages: [BuiltEnvironment.Package] {
        text.split(separator: "\n").compactMap { line in
            guard let first = line.first, first != " ", first != "#" else { return nil }
            let name = line.prefix { !" [=".contains($0) }
            if let at = line.firstRange(of: " @ ") {
                let address = line[at.upperBound...].prefix { $0 != " " && $0 != "\\" && $0 != "#" }
                let decoded = address.removingPercentEncoding ?? String(address)
                guard let wheel = WheelName(path: decoded) else { return nil }
                return BuiltEnvironment.Package(name: String(name), version: wheel.version)
            }
            guard let equals = line.firstRange(of: "==") else { return nil }
            let version = line[equals.upperBound...].prefix { $0 != " " && $0 != ";" && $0 != "\\" }
            return BuiltEnvironment.Package(name: String(name), version: String(version))
        }.sorted { $0.name < $1.name }
    }

    /// The text's digest.
    var digest: Vocabulary.Digest { Vocabulary.Digest(of: text.utf8) }
}
