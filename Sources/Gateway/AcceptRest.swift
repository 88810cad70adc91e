// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Lets a listening socket rest when a connection cannot be accepted, most often because there is
/// no descriptor left: the socket stays readable, and looking at it again at once would be a spin.
///
/// Source: SwiftNIO 2.101's own `AcceptBackoffHandler` delays reads only; a socket whose first
/// accept of a turn failed stays registered, and the loop spins on.
final class AcceptRest: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private static let rest = TimeAmount.milliseconds(100)

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        try? context.channel.syncOptions?.setOption(.autoRead, value: false)
        let channel = NIOLoopBound(context.channel, eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: Self.rest) {
            try? channel.value.syncOptions?.setOption(.autoRead, value: true)
        }
    }
}
