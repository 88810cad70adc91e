// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLinux
import Wire

/// The kernel's list of watched descriptors.
final class Poller: Sendable {
    private let descriptor: Descriptor

    /// Errors: the kernel's, where it has no descriptor or memory left.
    init() throws(SystemError) {
        let number = linux_poller()
        guard number >= 0 else { throw SystemError("make a poller") }
        descriptor = Descriptor(owning: number)
    }

    func add(_ number: Int32, for what: Readiness, token: UInt64) throws(SystemError) {
        guard linux_poller_add(descriptor.number, number, what.rawValue, token) == 0 else {
            throw SystemError("watch a descriptor")
        }
    }

    func change(_ number: Int32, to what: Readiness, token: UInt64) {
        _ = linux_poller_change(descriptor.number, number, what.rawValue, token)
    }

    func remove(_ number: Int32) { _ = linux_poller_remove(descriptor.number, number) }

    /// Waits until something is ready; how much of `ready` was written.
    ///
    /// Shape: `ready` has room for `LINUX_READY_MOST`; -1 milliseconds wait for as long as it takes.
    func wait(into ready: UnsafeMutablePointer<linux_ready>, milliseconds: Int32) -> Int {
        max(0, Int(linux_poller_wait(descriptor.number, ready, milliseconds)))
    }
}
