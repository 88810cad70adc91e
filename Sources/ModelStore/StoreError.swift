// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

#if canImport(Glibc)
import Glibc
#endif

/// The problems that reading and writing files come to.
enum StoreError {
    /// What a refused write comes to: a full disk is told apart.
    static func writing(_ number: Int32, _ attempt: String) -> Problem {
        if number == ENOSPC || number == EDQUOT {
            return Problem(
                .exhausted,
                code: "diskFull",
                what: "cannot \(attempt): \(words(number))",
                remedy: "make room and try again; nothing was changed"
            )
        }
        return Problem(.failed, code: "cannotWrite", what: "cannot \(attempt): \(words(number))")
    }

    /// What a refused read comes to.
    static func reading(_ number: Int32, _ path: String) -> Problem {
        Problem(
            number == ENOENT ? .notFound : .failed,
            code: "cannotRead",
            what: "cannot read '\(path)': \(words(number))"
        )
    }

    private static func words(_ number: Int32) -> String { String(cString: strerror(number)) }
}
