// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Vocabulary

/// The machine's own folders that every program needs: its libraries and a few files of /etc.
struct SystemFolders: Hashable, Sendable {
    /// Folders as they are, and those that are links, with what they lead to.
    var folders: [String]
    var links: [Link]

    /// A link at the root.
    struct Link: Hashable, Sendable {
        var path: String
        var target: String
    }

    /// Every path that is there without being asked for: the folders and what the links lead to.
    var paths: [String] { folders + links.map(\.path) }

    /// Files and folders of /etc that programs read and that say nothing about the machine's users.
    static let settings = [
        "/etc/alternatives", "/etc/ld.so.cache", "/etc/localtime", "/etc/mime.types",
        "/etc/nsswitch.conf",
    ]
    /// What resolving names and checking certificates takes.
    static let networkSettings = [
        "/etc/ca-certificates", "/etc/hosts", "/etc/pki", "/etc/resolv.conf", "/etc/services",
        "/etc/ssl",
    ]
    /// Device nodes that hold nothing.
    static let devices = ["/dev/full", "/dev/null", "/dev/random", "/dev/urandom", "/dev/zero"]
    /// How many cores there are: libraries choose their number of threads by it.
    static let cores = "/sys/devices/system/cpu"

    /// Looks at this machine.
    static func read() -> SystemFolders {
        var found = SystemFolders(folders: [], links: [])
        let manager = FileManager.default
        for name in MachineFolders.names {
            if let target = try? manager.destinationOfSymbolicLink(atPath: name) {
                // Relative, so that it means the same wherever the root is put together.
                let relative = String(target.drop { $0 == "/" })
                found.links.append(Link(path: name, target: relative))
            } else if manager.fileExists(atPath: name) {
                found.folders.append(name)
            }
        }
        return found
    }
}
