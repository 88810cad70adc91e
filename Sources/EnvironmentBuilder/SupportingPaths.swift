// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What lies outside an environment and is needed to run it.
enum SupportingPaths {
    /// The folders that a sandbox must also make readable, in order.
    ///
    /// Shape: nothing for a Python below `/usr`, which every sandbox shows. Otherwise the base's
    /// prefix, and where the environment's link goes through other links, their folders too.
    static func of(_ interpreter: String, base: Interpreter) -> [String] {
        var paths: Set<String> = base.isSystem ? [] : [base.prefix]
        var hop = interpreter
        // A cycle of links would not have run.
        for _ in 0..<16 {
            guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: hop)
            else { break }
            let folder = (hop as NSString).deletingLastPathComponent
            hop = target.hasPrefix("/") ? target : "\(folder)/\(target)"
            let root = ((hop as NSString).deletingLastPathComponent as NSString)
                .deletingLastPathComponent
            if target.hasPrefix("/") && root != "/usr" && root != "/" { paths.insert(root) }
        }
        return paths.sorted()
    }
}
