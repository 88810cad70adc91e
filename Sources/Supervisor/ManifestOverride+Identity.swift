// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Manifests
import Vocabulary

extension ManifestOverride {
    /// Refuses to write another identity over what is declared: it would be another thing.
    ///
    /// Shape: `identity` has what each key says now.
    /// Errors: `identity`.
    static func refuseRenaming(
        _ overrides: [ManifestOverride],
        of identity: [String: String]
    ) throws(Problem) {
        for override in overrides {
            guard override.path.count == 1, let key = override.path.first,
                let present = identity[key]
            else { continue }
            let value = override.value.trimming { "'\" ".contains($0) }
            if value == present { continue }
            throw Problem(
                .invalid,
                code: "identity",
                what: "cannot change '\(key)' from '\(present)' to '\(value.printable)': it says "
                    + "which one is meant, and stays what it is",
                remedy: "create another under that name, and delete this one"
            )
        }
    }
}

extension String {
    fileprivate func trimming(_ isTrimmed: (Character) -> Bool) -> String {
        let start = drop(while: isTrimmed)
        return String(start.reversed().drop(while: isTrimmed).reversed())
    }
}
