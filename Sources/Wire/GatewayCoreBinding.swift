// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLinux

/// Keeps the calling thread on the gateway's core, and what it starts meanwhile.
///
/// The core is the last of those that the thread may run on: gateway and nodes inherit theirs from
/// one supervisor, so that all mean the same.
public struct GatewayCoreBinding {
    private let before: linux_cores

    /// Binds the thread.
    ///
    /// Errors: the kernel's, which may know more cores than we do or have taken that one away.
    public init() throws(SystemError) {
        var before = linux_cores()
        guard linux_cores_get(&before) == 0 else { throw SystemError("read a thread's cores") }
        self.before = before
        let core = Int(linux_cores_last(&before))
        var only = linux_cores()
        withUnsafeMutableBytes(of: &only) { $0[core / 8] = 1 << (core % 8) }
        guard linux_cores_set(&only) == 0 else {
            throw SystemError("bind a thread to core \(core)")
        }
    }

    /// Lets the same thread run where it could before.
    public func release() {
        var before = before
        // Where that cannot be, it stays: a thread on one core still works.
        _ = linux_cores_set(&before)
    }
}
