// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// The logs of one deployment's instances: each change of revision adds some, and none is forever.
enum LogFolder {
    /// How many instances' logs are kept: more than there are of one deployment, during a rollout too.
    static let kept = 100

    /// Removes the logs of the oldest instances beyond `kept`.
    ///
    /// Shape: `NUMBER.log` and `NUMBER.log.1`, by number; numbers are given once.
    static func prune(_ folder: String, keeping kept: Int = kept) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let numbers = names.compactMap { $0.hasSuffix(".log") ? Int($0.dropLast(4)) : nil }
        for number in numbers.sorted(by: >).dropFirst(kept) {
            unlink("\(folder)/\(number).log")
            unlink("\(folder)/\(number).log.1")
        }
    }
}
