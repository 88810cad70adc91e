// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Wire

/// Accepts connections from a listening socket of the supervisor's.
///
/// It rests when a connection cannot be accepted, or would take one of the last descriptors, which
/// lanes and long bodies need: the socket stays readable, and looking at it again at once would be a
/// spin. Whoever is not accepted yet waits in the kernel's queue.
final class Acceptor: Watched {
    /// Connections that wait in it: as many as the supervisor asked for.
    private static let backlog: Int32 = 1_024
    private static let rest = Duration.milliseconds(100)
    /// Most that are accepted before others get their turn.
    private static let most = 64

    /// Clients take no descriptor from this number on: an eighth is left, and 64 at most.
    private static let lastNumber: Int32 = {
        let most = DescriptorLimit.current
        return Int32(clamping: most - min(64, most / 8))
    }()

    /// What the supervisor said of it.
    let listener: Listener
    /// To give back to a supervisor.
    let descriptor: Descriptor
    private let loop: PollLoop
    private var watch: PollLoop.Watch?
    private var accepted: ((Descriptor) -> Void)?
    /// Whether the next descriptor would be one of the last.
    private var isScarce = false

    /// Errors: the kernel's, where the socket cannot be watched.
    init(
        _ listener: Listener,
        _ descriptor: Descriptor,
        on loop: PollLoop,
        accepted: @escaping (Descriptor) -> Void
    ) throws(SystemError) {
        self.listener = listener
        self.descriptor = descriptor
        self.loop = loop
        self.accepted = accepted
        super.init()
        let flags = fcntl(descriptor.number, F_GETFL)
        guard fcntl(descriptor.number, F_SETFL, flags | O_NONBLOCK) == 0,
            listen(descriptor.number, Self.backlog) == 0
        else { throw SystemError("listen at \(listener.address)") }
        PeerProbes.enable(on: descriptor.number)
        watch = try loop.watch(self, descriptor.number, for: .input)
    }

    override func ready(_ what: Readiness) {
        for _ in 0..<Self.most where watch != nil {
            guard !isScarce else { return takeRest() }
            let number = linux_accept(descriptor.number)
            if number >= 0 {
                // The kernel gives the lowest that is free: all below are taken.
                isScarce = number >= Self.lastNumber - 1
                withoutDelay(number)
                accepted?(Descriptor(owning: number))
            } else if errno == EAGAIN {
                return
            } else if errno != EINTR, errno != ECONNABORTED {
                return takeRest()
            }
        }
    }

    /// An answer's last bytes never wait for the client's word on those before.
    private func withoutDelay(_ number: Int32) {
        var isOn: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        setsockopt(number, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, size)
    }

    private func takeRest() {
        guard let watch else { return }
        loop.change(watch, descriptor.number, to: [])
        loop.schedule(in: Self.rest) { [self] in
            guard let watch = self.watch else { return }
            isScarce = nextNumber >= Self.lastNumber
            guard !isScarce else { return takeRest() }
            loop.change(watch, descriptor.number, to: .input)
        }
    }

    /// The descriptor that an accepted connection would be given.
    private var nextNumber: Int32 {
        let number = fcntl(descriptor.number, F_DUPFD_CLOEXEC, 0)
        guard number >= 0 else { return .max }
        _ = Glibc.close(number)
        return number
    }

    /// Accepts nothing more; the socket stays open for whoever comes after us.
    func close() {
        if let watch { loop.forget(watch, descriptor.number, isClosed: false) }
        watch = nil
        accepted = nil
    }

    override func abandon() { close() }
}
