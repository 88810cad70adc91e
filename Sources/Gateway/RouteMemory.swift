// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Where a connection's last target led: most connections ask for one thing again and again.
struct RouteMemory {
    private var target = ""
    private var host = ""
    private var version = -1
    private var destination = Router.Destination.nowhere

    mutating func find(
        _ head: borrowing RequestHead,
        owner: EndpointName?,
        in router: borrowing Router
    ) -> Router.Destination {
        if version != router.version || target != head.target || host != head.host {
            destination = router.find(target: head.target, host: head.host, owner: owner)
            target = head.target
            host = head.host
            version = router.version
        }
        return destination
    }
}
