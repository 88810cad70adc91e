// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Vocabulary

/// A request's body as a command is given it.
enum RequestFile {
    /// The bytes of a file; `-` reads standard input.
    ///
    /// Errors: `requestFile` where it cannot be read.
    static func read(_ path: String) throws(Problem) -> Data {
        do {
            if path == "-" { return try FileHandle.standardInput.readToEnd() ?? Data() }
            return try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw Problem(
                .notFound,
                code: "requestFile",
                what: "cannot read '\(path)'",
                remedy: "name a file that is there, or - for standard input"
            )
        }
    }
}
