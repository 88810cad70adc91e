// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CScorerABI
import Glibc
import Wire

/// A body that is longer than an area: in memory of its own from its first byte on.
///
/// It is written as it arrives, sealed against every change when it is first posted, and can be
/// posted again to another lane, so that a retry copies nothing.
public final class LongBody {
    /// Bytes so far.
    public private(set) var count = 0
    private let descriptor: Descriptor
    private var isSealed = false

    /// Makes an empty body.
    ///
    /// Errors: `system` when the machine is out of descriptors or memory.
    public init() throws(LaneError) {
        let number = lane_body_create()
        guard number >= 0 else { throw .system(SystemError("make room for a long body")) }
        self.descriptor = Descriptor(owning: number)
    }

    /// Adds bytes at the end; a sealed body takes no more.
    ///
    /// Errors: `system` when the machine is out of memory, or the body is sealed.
    public func append(_ bytes: UnsafeRawBufferPointer) throws(LaneError) {
        var rest = bytes
        while !rest.isEmpty {
            let written = write(descriptor.number, rest.baseAddress, rest.count)
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { throw .system(SystemError("write a long body")) }
            count += written
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
        }
    }

    /// Shows the whole body; nothing where the machine is out of memory.
    public func withBytes(_ look: (UnsafeRawBufferPointer) -> Void) {
        guard count > 0 else { return }
        let flags = MAP_SHARED | MAP_POPULATE
        let memory = mmap(nil, count, PROT_READ, flags, descriptor.number, 0)
        guard let memory, memory != MAP_FAILED else { return }
        look(UnsafeRawBufferPointer(start: memory, count: count))
        munmap(memory, count)
    }

    /// The sealed memory.
    func seal() throws(LaneError) -> Int32 {
        if !isSealed {
            guard lane_body_seal(descriptor.number) == 0 else {
                throw .system(SystemError("seal a long body"))
            }
            isSealed = true
        }
        return descriptor.number
    }
}
