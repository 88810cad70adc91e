// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Vocabulary

/// Where a connection's last target led: most connections ask for one thing again and again.
struct RouteMemory {
    private var target: [UInt8] = []
    private var host: [UInt8] = []
    private var version = -1
    private var destination = Router.Destination.nowhere

    mutating func find(
        _ head: borrowing RequestHead,
        owner: EndpointName?,
        in router: borrowing Router
    ) -> Router.Destination {
        if version != router.version || !head.is(target, .target) || !head.is(host, .host) {
            destination = router.find(
                target: head.text(.target),
                host: head.text(.host),
                owner: owner
            )
            target = head.withBytes(of: .target) { Array($0) }
            host = head.withBytes(of: .host) { Array($0) }
            version = router.version
        }
        return destination
    }
}

extension RequestHead {
    /// Whether a part has these bytes.
    fileprivate func `is`(_ bytes: [UInt8], _ part: Part) -> Bool {
        withBytes(of: part) { part in
            bytes.withUnsafeBytes { bytes in
                guard bytes.count == part.count else { return false }
                guard let one = bytes.baseAddress, let other = part.baseAddress else { return true }
                return memcmp(one, other, part.count) == 0
            }
        }
    }
}
