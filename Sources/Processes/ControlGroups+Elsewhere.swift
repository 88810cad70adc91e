// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Glibc

extension ControlGroups {
    /// Most groups that are looked at, and how deep they are.
    private static let mostLooks = 4_096
    private static let deepest = 8

    /// Removes what a dead earlier node of this name left elsewhere in a hierarchy, where nothing is in
    /// it any more.
    ///
    /// Nothing is ended for it: a server in a container may have the same name.
    static func removeEmpty(named name: String, below top: String, besides own: String) {
        var folders = [(path: top, depth: 0)]
        var next = 0
        while next < folders.count, next < mostLooks {
            let (path, depth) = folders[next]
            next += 1
            for child in subfolders(path) {
                let inner = "\(path)/\(child)"
                let isOurs = child == name || child.hasPrefix("\(name).")
                if isOurs, inner != own, !inner.hasPrefix("\(own).") {
                    for run in subfolders(inner) { _ = rmdir("\(inner)/\(run)") }
                    _ = rmdir(inner)
                } else if !isOurs, depth < deepest {
                    folders.append((inner, depth + 1))
                }
            }
        }
    }

    private static func subfolders(_ path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            guard entry.pointee.d_type == UInt8(DT_DIR) else { continue }
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
