// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Wire

/// How a gateway process is started.
public struct GatewayConfiguration: Sendable {
    /// Where the supervisor connects: a SOCK_SEQPACKET socket.
    public var socketPath: String
    /// How long the gateway stays without a supervisor before it leaves by itself.
    public var orphanGrace: Duration
    /// The user to become once the socket is open; nothing to stay who we are.
    public var userIdentifier: UInt32?
    /// How long requests under way may take when a signal asks the gateway to leave.
    public var leaveGrace: Duration
    /// Whether a scorer may take as long as it likes for anything: one that stands at a breakpoint.
    public var isPatient: Bool
    /// How long a client may leave a part of an answer unread while others wait for its scorer.
    public var readingGrace: Duration
    /// What this process runs, for the supervisor to know.
    public var program: ProgramIdentity?

    /// Makes a configuration.
    public init(
        socketPath: String,
        orphanGrace: Duration = .seconds(600),
        userIdentifier: UInt32? = nil,
        leaveGrace: Duration = .seconds(30),
        isPatient: Bool = false,
        readingGrace: Duration = .seconds(10),
        program: ProgramIdentity? = nil
    ) {
        self.socketPath = socketPath
        self.orphanGrace = orphanGrace
        self.userIdentifier = userIdentifier
        self.leaveGrace = leaveGrace
        self.isPatient = isPatient
        self.readingGrace = readingGrace
        self.program = program
    }
}
