// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Glibc
import Vocabulary
import Wire

/// The TCP listeners of a server: what was asked for, and the sockets that stand for it.
///
/// The supervisor holds every socket, so that the port outlives the gateway; a gateway that outlived
/// a supervisor gives them back.
struct Listeners {
    /// One listener that was asked for.
    private struct Wanted {
        let address: SocketAddress
        let endpoint: EndpointName?
        var bound: (listener: Listener, socket: Descriptor)?

        /// Whether a socket bound to `text` is what was asked for; port 0 is content with any.
        func accepts(_ text: String) -> Bool {
            guard let other = try? SocketAddress(text) else { return false }
            return other.host == address.host && (address.port == 0 || other.port == address.port)
        }
    }

    private var wanted: [Wanted]
    /// Whether one of them can be reached from other machines.
    let isExposed: Bool

    /// Reads the addresses, the common listener first.
    ///
    /// Errors: `listenAddress`; `notLoopback` for one that other machines reach, unless
    /// `isInsecure`.
    init(
        common: String?,
        ports: [ServeOptions.PortAssignment],
        isInsecure: Bool
    ) throws(Problem) {
        var wanted: [Wanted] = []
        if let common {
            wanted.append(Wanted(address: try SocketAddress(common), endpoint: nil))
        }
        for port in ports {
            let address = try SocketAddress(port.address)
            wanted.append(Wanted(address: address, endpoint: port.endpoint))
        }
        self.wanted = wanted
        self.isExposed = wanted.contains { !$0.address.isLoopback }
        if isExposed, !isInsecure, let open = wanted.first(where: { !$0.address.isLoopback }) {
            throw Problem(
                .unsupported,
                code: "notLoopback",
                what: "cannot listen on \(open.address): anybody who reaches it could score, and "
                    + "there is no authentication yet",
                remedy: "listen on 127.0.0.1 behind a proxy that authenticates, or accept it with "
                    + "--insecure"
            )
        }
    }

    /// What is bound, the common listener first.
    var bound: [(listener: Listener, socket: Descriptor)] { wanted.compactMap(\.bound) }

    /// Takes over what an earlier gateway holds, where it is what was asked for.
    mutating func adopt(_ held: [Listener: Descriptor]) {
        let sorted = held.sorted { $0.key.address < $1.key.address }
        for index in wanted.indices where wanted[index].bound == nil {
            let match = sorted.first { listener, _ in
                listener.endpoint == wanted[index].endpoint
                    && wanted[index].accepts(listener.address)
            }
            if let match { wanted[index].bound = (match.key, match.value) }
        }
    }

    /// Binds what is not bound yet.
    ///
    /// Errors: `portInUse`, `cannotListen`.
    mutating func bindRest() throws(Problem) {
        for index in wanted.indices where wanted[index].bound == nil {
            let (socket, address) = try ListeningSocket.bind(wanted[index].address)
            let listener = Listener(
                address: address.description,
                endpoint: wanted[index].endpoint
            )
            wanted[index].bound = (listener, socket)
        }
    }

    /// Has every further connection refused, wherever the sockets are held.
    ///
    /// Without this a connection made while requests are finished would stand in the kernel's queue,
    /// accepted by nobody, until it is reset.
    ///
    /// Source: on Linux shutdown(2) takes a listening socket back to one that does not listen, for
    /// all its descriptors.
    func stopListening() {
        for (_, socket) in bound { _ = shutdown(socket.number, Int32(SHUT_RDWR)) }
    }

    /// Where an endpoint's requests go: a port of its own before the common listener.
    func scoringURI(of endpoint: EndpointName) -> String {
        if let own = bound.first(where: { $0.listener.endpoint == endpoint }) {
            return "http://\(own.listener.address)/score"
        }
        let address = bound.first { $0.listener.endpoint == nil }?.listener.address ?? "?"
        return "http://\(address)/endpoints/\(endpoint)/score"
    }
}
