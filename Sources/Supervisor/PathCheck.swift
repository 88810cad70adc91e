// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Looks at the paths of a request before anything is looked for there.
enum PathCheck {
    /// Refuses a path that the system would cut off at a NUL, unseen.
    ///
    /// Errors: `nulInPath`.
    static func refuseCutOff(_ paths: [String?]) throws(Problem) {
        guard let path = paths.compactMap(\.self).first(where: { $0.utf8.contains(0) }) else {
            return
        }
        throw Problem(
            .invalid,
            code: "nulInPath",
            what: "cannot look for '\(path.printable)': it holds a NUL character",
            remedy: "remove it"
        )
    }
}
