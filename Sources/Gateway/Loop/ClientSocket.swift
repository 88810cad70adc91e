// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import NIOCore
import Wire

/// A client's socket: bytes in and out, and its end.
///
/// It knows no HTTP. What comes is handed to the connection; what is written waits for `flush`.
/// Once the client sends nothing more, or the socket is broken, it is closed, whatever waits.
final class ClientSocket: Watched {
    private let loop: PollLoop
    private let number: Int32
    /// Nothing once the socket is closed.
    private var descriptor: Descriptor?
    private var watch: PollLoop.Watch?
    /// What the kernel was told to watch for.
    private var watched: Readiness = [.input, .inputEnd]
    private var output = OutputQueue()
    private var ending: Ending?
    /// Whether what comes is wanted.
    private var isReading = true
    /// Whose it is; nothing once it is closed.
    private var connection: Connection?

    /// What closes once all is sent.
    enum Ending {
        /// Our direction: the client is still sending, and a reset would lose it the answer.
        case output
        case all
    }

    /// Errors: the kernel's, where it cannot watch one more.
    init(_ descriptor: Descriptor, on loop: PollLoop) throws(SystemError) {
        self.loop = loop
        self.descriptor = descriptor
        self.number = descriptor.number
        super.init()
        watch = try loop.watch(self, number, for: watched)
    }

    /// Hands what comes to a connection from now on.
    func serve(_ connection: Connection) { self.connection = connection }

    var isOpen: Bool { descriptor != nil }

    /// Whether the client takes what is written.
    var hasRoom: Bool { output.hasRoom }

    /// Bytes that the socket has not taken.
    var unsentBytes: Int { output.count }

    // MARK: - In

    override func ready(_ what: Readiness) {
        if !what.isDisjoint(with: [.end, .inputEnd]) {
            readToEnd()
            // An error is told at once, an end behind everything that came before it.
            if !what.isDisjoint(with: .end) { close() }
        } else if what.contains(.input) {
            read()
        }
        if what.contains(.output), isOpen {
            connection?.wokenByRoom()
            send()
        }
    }

    private func read() {
        guard isReading else { return adjust() }
        switch loop.buffers.receive(from: number) {
        case .bytes: connection?.received(loop.buffers.input)
        case .nothing: return
        case .end: close()
        }
    }

    /// Reads what came before the end, wanted or not: nobody would be told of it again.
    private func readToEnd() {
        while isOpen {
            switch loop.buffers.receive(from: number) {
            case .bytes: connection?.received(loop.buffers.input)
            case .nothing: return
            case .end: close()
            }
        }
    }

    /// Has nothing read until `resumeReading`; the client's end is noticed all the same.
    func pauseReading() { isReading = false }

    func resumeReading() {
        isReading = true
        if isOpen, !watched.contains(.input) { adjust() }
    }

    // MARK: - Out

    /// Room for what is going to be written.
    func buffer(capacity: Int) -> ByteBuffer { loop.buffers.buffer(capacity: capacity) }

    func write(_ bytes: ByteBuffer) {
        guard isOpen else { return }
        if let gathered = output.append(bytes) { loop.buffers.giveBack(gathered) }
    }

    func flush() { if isOpen { send() } }

    /// Sends what waits, then closes.
    func end(_ ending: Ending) {
        guard isOpen else { return }
        self.ending = ending
        send()
    }

    private func send() {
        let hadRoom = output.hasRoom
        var isFull = false
        while !isFull, let piece = output.first {
            let count = piece.withUnsafeReadableBytes { bytes in
                Glibc.send(number, bytes.baseAddress, bytes.count, Self.flags)
            }
            if count >= 0 {
                if let sent = output.sent(count) { loop.buffers.giveBack(sent) }
            } else if errno == EAGAIN {
                isFull = true
            } else if errno != EINTR {
                return close()
            }
        }
        if isFull != watched.contains(.output) { adjust() }
        if !isFull, let ending {
            self.ending = nil
            switch ending {
            case .all: return close()
            case .output: _ = shutdown(number, Int32(SHUT_WR))
            }
        }
        if !hadRoom, output.hasRoom { connection?.roomCame() }
    }

    private static let flags = Int32(MSG_NOSIGNAL | MSG_DONTWAIT)

    // MARK: - The end

    /// Closes now; what was not sent is lost.
    func close() {
        guard isOpen else { return }
        if let watch { loop.forget(watch, number, isClosed: true) }
        descriptor = nil
        let connection = connection
        self.connection = nil
        connection?.ended()
    }

    /// Closes so that the client sees a reset.
    func reset() {
        var atOnce = linger(l_onoff: 1, l_linger: 0)
        let size = socklen_t(MemoryLayout<linger>.size)
        setsockopt(number, SOL_SOCKET, SO_LINGER, &atOnce, size)
        close()
    }

    override func abandon() { close() }

    /// Tells the kernel what to watch for, where that has changed.
    private func adjust() {
        var wanted: Readiness = [.inputEnd]
        if isReading { wanted.insert(.input) }
        if output.count > 0 { wanted.insert(.output) }
        guard wanted != watched, let watch else { return }
        watched = wanted
        loop.change(watch, number, to: wanted)
    }
}
