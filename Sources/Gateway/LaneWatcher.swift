// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix
import RequestQueue
import Vocabulary
import Wire

/// Reads a lane's socket: bells, words, and the scorer's end.
///
/// NIO reads a duplicate of the socket like a pipe, one packet a read, without control data: the
/// kernel drops descriptors that a scorer sends along.
final class LaneWatcher: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// One byte more than the longest packet that a scorer may send.
    private static let packetCapacity = 4_608

    private let core: GatewayCore
    private let station: LaneStation

    init(core: GatewayCore, station: LaneStation) {
        self.core = core
        self.station = station
    }

    /// Starts watching a lane's socket.
    static func watch(_ station: LaneStation, on loop: any EventLoop, for core: GatewayCore) throws
    {
        let number = try station.lane.socket.duplicate().take()
        let bound = NIOLoopBound(LaneWatcher(core: core, station: station), eventLoop: loop)
        let allocator = FixedSizeRecvByteBufferAllocator(capacity: packetCapacity)
        NIOPipeBootstrap(group: loop)
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelOption(.recvAllocator, value: allocator)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(bound.value)
                }
            }
            .takingOwnershipOfDescriptor(input: number)
            .whenFailure { _ in
                _ = Descriptor(owning: number)
                bound.value.lose("its socket cannot be watched")
            }
    }

    func handlerAdded(context: ChannelHandlerContext) { station.watch = context.channel }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let packet = unwrapInboundIn(data)
        station.wasRung = true
        core.beginTurn()
        let result = packet.withUnsafeReadableBytes { bytes in
            Result { () throws(ProtocolViolation) in
                try station.lane.interpret(packet: bytes)
            }
        }
        switch result {
        case .success(.ready): core.becameReady(station)
        case .success(.failed(let reason)):
            // Said once, while it starts: more of it would only keep the supervisor busy.
            guard !station.isReady, !station.hasFailed else { break }
            station.hasFailed = true
            core.report(.startFailed(station.run, reason))
        case .success(.shares(let most)): core.declare(station) { $0.shares = most }
        case .success(.threads(let most)): core.declare(station) { $0.threads = most }
        case .success(.told(let text)): core.pass(text, of: station)
        case .success(.metrics(let metrics)): core.pass(metrics, of: station)
        case .success(.bell), .success(nil): break
        case .failure(let violation): lose(violation.description)
        }
    }

    func channelInactive(context: ChannelHandlerContext) { lose(LaneEnd.scorerWent) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func lose(_ why: String) {
        core.beginTurn()
        core.lost(station, why)
    }
}
