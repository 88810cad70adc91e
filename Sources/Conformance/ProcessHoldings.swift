// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// What the processes of one group hold, as far as we may look.
struct ProcessHoldings: Hashable {
    /// Open descriptors.
    private(set) var descriptors = 0
    /// Mapped pieces of memory.
    private(set) var mappings = 0

    /// Counts for every process of the group.
    init(group: Int32) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        for pid in names.compactMap(Int32.init) where getpgid(pid) == group {
            let folder = "/proc/\(pid)"
            let open = try? FileManager.default.contentsOfDirectory(atPath: folder + "/fd")
            descriptors += open?.count ?? 0
            let text = FileManager.default.contents(atPath: folder + "/maps") ?? Data()
            mappings += text.count { $0 == UInt8(ascii: "\n") }
        }
    }
}
