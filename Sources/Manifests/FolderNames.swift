// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#endif

/// What a folder holds, by name.
enum FolderNames {
    /// Most names that are looked at; a folder of a million files is not searched.
    static let most = 1_000

    /// The first names in the folder, in order; none where it cannot be read.
    static func all(in path: String) -> [String] {
        guard let stream = opendir(path) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while names.count < most, let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
                    String(cString: $0)
                }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Those that do not begin with a dot.
    static func visible(in path: String) -> [String] {
        all(in: path).filter { !$0.hasPrefix(".") }
    }
}
