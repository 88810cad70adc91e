// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// The right to be routed to.
///
/// A route is made of leases and of nothing else; only `serving(since:)` makes one, out of a run
/// whose scorer has said over its lane that it can answer.
package struct Lease: Codable, Hashable, Sendable {
    /// The run that may be given requests.
    package let run: Run
    /// Since when it has served, the lives of the gateway put together.
    package let since: Moment

    fileprivate init(run: Run, since: Moment) {
        self.run = run
        self.since = since
    }
}

extension Comparing {
    /// The state after this one: what was to be compared is.
    func serving(since now: Moment) -> Serving {
        Serving(reservation: reservation, live: live, lease: Lease(run: live.run, since: now))
    }
}

extension Starting {
    /// The state after this one where its scorer can answer and nobody gets its answers yet.
    func comparing(since now: Moment) -> Comparing {
        Comparing(reservation: reservation, live: live, since: readySince ?? now)
    }

    /// The state after this one: its scorer can answer.
    func serving(since now: Moment) -> Serving {
        Serving(
            reservation: reservation,
            live: live,
            lease: Lease(run: live.run, since: servedSince ?? now)
        )
    }
}
