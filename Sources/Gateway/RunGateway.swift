// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import RequestDispatch
import Vocabulary
import Wire

/// Runs a gateway until it is told to leave, a signal asks it to, or no supervisor comes back.
///
/// The calling thread talks with the supervisor; one event loop does everything else. Returns once
/// every connection is done or its grace is over.
///
/// Errors: `Problem` when the socket cannot be opened or the user not be changed.
public func runGateway(_ configuration: GatewayConfiguration) throws {
    // Every connection and every long body is a descriptor.
    DescriptorLimit.raise()
    let signals = try StopSignals()
    let listener: PacketListener
    do {
        listener = try PacketListener(path: configuration.socketPath)
    } catch {
        throw Problem(
            .failed,
            code: "gatewaySocket",
            what: "\(error)",
            remedy: "see that its folder exists, is ours, and that its path is short"
        )
    }
    if let user = configuration.userIdentifier, linux_become_user(user) != 0 {
        throw Problem(
            .failed,
            code: "gatewayUser",
            what: "\(SystemError("become user \(user)"))",
            remedy: "start the gateway as root, or without a user to become"
        )
    }
    let outbox = try Outbox()
    let desk = ComparisonDesk()
    let mail = try LoopMail()
    let poller = try Poller()
    try poller.add(mail.bell.number, for: .input, token: PollLoop.mailToken)
    let thread = try LoopThread {
        let loop = PollLoop(poller, mail)
        loop.run(
            GatewayCore(
                loop: loop,
                limits: configuration.isPatient ? .patient : DispatchLimits(),
                desk: desk,
                readingGrace: configuration.readingGrace,
                report: { outbox.add($0) },
                left: { outbox.close() }
            )
        )
    }
    SupervisorLink(
        listener: listener,
        outbox: outbox,
        loop: mail,
        signals: signals,
        configuration: configuration
    ).run()
    mail.post { $0.loop.stop() }
    thread.join()
    try desk.close()
}
