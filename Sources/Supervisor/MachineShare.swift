// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// An amount of machine: what there is, or a node's part of it.
struct MachineShare: Sendable, Equatable {
    /// Thousandths of a core.
    let millicores: Int
    /// Bytes of memory.
    let memoryBytes: Int64

    /// What this process may use of the machine.
    static var whole: MachineShare {
        let information = ProcessInfo.processInfo
        let all = MachineShare(
            millicores: information.activeProcessorCount * 1_000,
            memoryBytes: Int64(clamping: information.physicalMemory)
        )
        return ControlGroupAllowance.here.share(of: all)
    }

    /// One of `count` equal parts.
    func divided(by count: Int) -> MachineShare {
        MachineShare(millicores: millicores / count, memoryBytes: memoryBytes / Int64(count))
    }
}
