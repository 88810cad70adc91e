// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What an instance counts for beside others, in the kernel's two ways of counting.
///
/// Shape: a core is 1,024 shares or a weight of 100, which is what a group gets where nobody says; a
/// type without cores of its own a quarter of that, so that it gives way and never stands still.
/// Source: Linux, "CFS Bandwidth Control"; cgroup-v2, "CPU Interface Files": a weight is 1 to 10,000.
struct ControlGroupShare {
    /// `cpu.shares`.
    let ofTime: Int
    /// `cpu.weight`.
    let weight: Int

    init(_ type: InstanceType) {
        ofTime = min(max(2, type.weight * 1_024 / 1_000), 262_144)
        weight = min(max(1, type.weight / 10), 10_000)
    }
}
