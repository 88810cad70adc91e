// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLinux
import Dispatch
import Glibc
import Synchronization
import Wire

/// What other threads ask of the loop.
final class LoopMail: Sendable {
    typealias Work = @Sendable (GatewayCore) -> Void

    /// Readable while there is something to do.
    let bell: Descriptor
    private let waiting = Mutex<[Work]>([])

    /// Errors: the kernel's, where it has no descriptor left.
    init() throws(SystemError) {
        let number = linux_counter()
        guard number >= 0 else { throw SystemError("make a counter") }
        bell = Descriptor(owning: number)
    }

    /// Has something done by the loop, in the order of posting.
    func post(_ work: @escaping Work) {
        let isFirst = waiting.withLock { waiting in
            waiting.append(work)
            return waiting.count == 1
        }
        guard isFirst else { return }
        var one: UInt64 = 1
        _ = write(bell.number, &one, MemoryLayout<UInt64>.size)
    }

    /// Asks the loop and waits for what it answers.
    func ask<Answer: Sendable>(
        _ question: @escaping @Sendable (GatewayCore) -> [Answer]
    ) -> [Answer] {
        let answer = Answered<Answer>()
        let done = DispatchSemaphore(value: 0)
        post { core in
            let said = question(core)
            answer.value.withLock { $0 = said }
            done.signal()
        }
        done.wait()
        return answer.value.withLock { $0 }
    }

    /// Does what was asked; for the loop.
    func work(on core: GatewayCore) {
        var count: UInt64 = 0
        _ = read(bell.number, &count, MemoryLayout<UInt64>.size)
        let works = waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        for work in works { work(core) }
    }

    private final class Answered<Answer: Sendable>: Sendable {
        let value = Mutex<[Answer]>([])
    }
}
