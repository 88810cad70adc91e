// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Vocabulary

/// The files that processes need at run time: the launcher, the extensions, the Python runtime.
///
/// Found as `$SCOREKEEPER_SUPPORT`, else the folder `support` beside the executable.
struct SupportFolder: Sendable {
    /// The folder's path.
    let path: String

    /// Where it is looked for.
    static func path(beside executable: String) -> String {
        let named = ProcessInfo.processInfo.environment["SCOREKEEPER_SUPPORT"]
        let folder = URL(fileURLWithPath: executable).deletingLastPathComponent().path
        return named ?? folder + "/support"
    }

    /// The folder of our Python runtime.
    var python: String { path + "/python" }

    /// The curated environments.
    var environments: String { path + "/environments" }

    /// Finds the folder and looks whether it is whole.
    ///
    /// Errors: `supportFolder` naming the first file that is missing.
    init(executable: String) throws(Problem) {
        path = Self.path(beside: executable)
        let files = [
            "launcher", "_scorer.so", "_decoder.so", "_launch.so", "python/scorekeeper_scorer",
        ]
        for file in files { try require(file) }
    }

    /// Errors: `supportFolder` where the file is not there.
    func require(_ file: String) throws(Problem) {
        guard FileManager.default.fileExists(atPath: "\(path)/\(file)") else {
            throw Problem(
                .failed,
                code: "supportFolder",
                what: "cannot find '\(file)' in '\(path)'",
                remedy: "build it with ./Scripts/build, or name the folder in SCOREKEEPER_SUPPORT"
            )
        }
    }
}
