// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What the kernel says of the gateway's end of a client's connection.
///
/// The client cannot always tell: behind what it does not read it never sees the end.
struct KernelTable {
    /// Whether that end is established.
    let isOpen: Bool
    /// Whether a question after a silent client is due some time.
    let asksWhenSilent: Bool

    /// Looks the connection up now; it is not open where the kernel has forgotten it.
    ///
    /// Source: the kernel's Documentation/networking/proc_net_tcp.rst.
    init(_ client: RawClient, of gateway: GatewayUnderTest) {
        func end(_ port: UInt16) -> String {
            let digits = String(port, radix: 16, uppercase: true)
            return "0100007F:" + String(repeating: "0", count: 4 - digits.count) + digits
        }
        let table = FileHandle(forReadingAtPath: "/proc/net/tcp")?.readDataToEndOfFile() ?? Data()
        let ends = [end(gateway.port), end(client.localPort)]
        let row = String(decoding: table, as: UTF8.self).split(separator: "\n")
            .map { $0.split(separator: " ").map(String.init) }
            .first { $0.count > 5 && [$0[1], $0[2]] == ends }
        isOpen = row?[3] == "01"
        asksWhenSilent = row?[5].hasPrefix("02:") == true
    }
}
