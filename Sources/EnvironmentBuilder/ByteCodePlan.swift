// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Vocabulary

/// Which modules of an environment are compiled, dealt out to processes of about equal work.
///
/// Processes of ours rather than `compileall -j`: its workers outlive a parent that is killed.
struct ByteCodePlan: Hashable, Sendable {
    /// A module and its size.
    struct Module: Hashable, Sendable {
        let path: String
        let bytes: Int64
    }

    /// The paths that each process compiles; no part is empty.
    let parts: [[String]]

    /// Deals out `modules` to at most `processes`.
    ///
    /// Shape: test folders below `site-packages` are left out: they are a quarter of the bytes of a
    /// scientific environment and no scorer imports them. The largest module goes first, each to the
    /// part that has least, so that the same modules always give the same parts.
    init(_ modules: [Module], processes: Int) {
        let wanted = modules.filter { !Self.isTest($0.path) }.sorted {
            $0.bytes == $1.bytes ? $0.path < $1.path : $0.bytes > $1.bytes
        }
        var loads = [Int64](repeating: 0, count: max(1, processes))
        var dealt = [[String]](repeating: [], count: loads.count)
        for module in wanted {
            var lightest = 0
            for part in loads.indices where loads[part] < loads[lightest] { lightest = part }
            // An empty module costs a start, too.
            loads[lightest] += module.bytes + 1_000
            dealt[lightest].append(module.path)
        }
        parts = dealt.filter { !$0.isEmpty }
    }

    /// The modules below `folder`.
    static func modules(below folder: String) throws(Problem) -> [Module] {
        var found: [Module] = []
        try FolderTree.visit(folder) { path, status in
            guard path.hasSuffix(".py"), status.st_mode & S_IFMT == S_IFREG else { return }
            found.append(Module(path: path, bytes: Int64(status.st_size)))
        }
        return found
    }

    private static func isTest(_ path: String) -> Bool {
        let names = path.split(separator: "/")
        guard let packages = names.firstIndex(of: "site-packages") else { return false }
        return names[packages...].dropLast().contains { $0 == "test" || $0 == "tests" }
    }
}
