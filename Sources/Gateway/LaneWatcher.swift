// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import RequestQueue
import Vocabulary
import Wire

/// Reads a lane's socket: bells, words, and the scorer's end.
///
/// One packet a turn, without control data: the kernel drops descriptors that a scorer sends along.
final class LaneWatcher: Watched {
    /// One byte more than the longest packet that a scorer may send.
    private static let packetCapacity = 4_608

    private let core: GatewayCore
    private let station: LaneStation
    private let number: Int32
    private var watch: PollLoop.Watch?

    /// Starts watching a lane's socket.
    ///
    /// Errors: the kernel's, where it cannot watch one more.
    init(_ station: LaneStation, for core: GatewayCore) throws(SystemError) {
        self.core = core
        self.station = station
        self.number = station.lane.socket.number
        super.init()
        watch = try core.loop.watch(self, number, for: [.input, .inputEnd])
    }

    /// Whether the socket is listened to; the scorer's end is noticed all the same.
    var isListening = true {
        didSet {
            guard let watch, isListening != oldValue else { return }
            core.loop.change(watch, number, to: isListening ? [.input, .inputEnd] : .inputEnd)
        }
    }

    func close() {
        if let watch { core.loop.forget(watch, number, isClosed: false) }
        watch = nil
    }

    override func ready(_ what: Readiness) {
        if what.isDisjoint(with: [.end, .inputEnd]) {
            if isListening { _ = readPacket() }
            return
        }
        // What it said before it went counts.
        while watch != nil, readPacket() {}
        if !what.isDisjoint(with: .end) { lose(LaneEnd.scorerWent) }
    }

    override func abandon() { core.end(station) }

    /// Reads one packet; false where none is there.
    private func readPacket() -> Bool {
        withUnsafeTemporaryAllocation(byteCount: Self.packetCapacity, alignment: 8) { bytes in
            var count: Int
            repeat {
                count = recv(number, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT))
            } while count < 0 && errno == EINTR
            if count > 0 {
                heard(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
            } else if count == 0 || errno != EAGAIN {
                lose(LaneEnd.scorerWent)
            }
            return count > 0
        }
    }

    private func heard(_ packet: UnsafeRawBufferPointer) {
        station.wasRung = true
        core.beginTurn()
        let said: ScorerPacket?
        do throws(ProtocolViolation) {
            said = try station.lane.interpret(packet: packet)
        } catch {
            lose(error.description)
            return
        }
        switch said {
        case .ready: core.becameReady(station)
        case .failed(let reason):
            // Said once, while it starts: more of it would only keep the supervisor busy.
            guard !station.isReady, !station.hasFailed else { break }
            station.hasFailed = true
            core.report(.startFailed(station.run, reason))
        case .shares(let most): core.declare(station) { $0.shares = most }
        case .threads(let most): core.declare(station) { $0.threads = most }
        case .told(let text): core.pass(text, of: station)
        case .metrics(let metrics): core.pass(metrics, of: station)
        case .bell, nil: break
        }
    }

    private func lose(_ why: String) {
        core.beginTurn()
        core.lost(station, why)
    }
}
