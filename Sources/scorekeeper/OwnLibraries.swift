// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Where the person who deploys has libraries besides the machine's.
enum OwnLibraries {
    /// Our own `LD_LIBRARY_PATH`, its folders by their whole paths; empty where there is none.
    static var path: String {
        let folders = ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"] ?? ""
        return folders.split(separator: ":").map { absolutePath(String($0)) }
            .joined(separator: ":")
    }
}
