// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// The supervisor's door: anybody may put something in, one loop takes it out.
struct Inbox: Sendable {
    /// What has arrived, in order.
    let arrivals: AsyncStream<Inbound>
    private let door: AsyncStream<Inbound>.Continuation

    /// Makes an empty inbox.
    init() {
        (arrivals, door) = AsyncStream.makeStream(of: Inbound.self)
    }

    /// Puts something in; never waits.
    func put(_ inbound: Inbound) {
        door.yield(inbound)
    }

    /// Nothing more will come: the loop ends after what is in.
    func close() {
        door.finish()
    }
}
