// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Wire

/// A thread that is waited for.
struct LoopThread {
    /// How the kernel calls it, for whoever looks at threads.
    private static let name = "gateway-loop"

    private let thread: pthread_t

    private final class Box {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }

        func run() {
            _ = linux_name_thread(LoopThread.name)
            body()
        }
    }

    /// Starts it.
    ///
    /// Errors: the kernel's, where there may be no more threads.
    init(_ body: @escaping @Sendable () -> Void) throws(SystemError) {
        var thread = pthread_t()
        let box = Unmanaged.passRetained(Box(body))
        let result = pthread_create(
            &thread,
            nil,
            { pointer in
                guard let pointer else { return nil }
                Unmanaged<Box>.fromOpaque(pointer).takeRetainedValue().run()
                return nil
            },
            box.toOpaque()
        )
        guard result == 0 else {
            box.release()
            throw SystemError("start a thread", number: result)
        }
        self.thread = thread
    }

    /// Waits until it has ended.
    func join() { pthread_join(thread, nil) }
}
