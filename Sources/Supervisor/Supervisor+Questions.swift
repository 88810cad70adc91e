// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary
import Wire

/// Asking the gateway, and going on without an answer where none comes.
extension Supervisor {
    /// How long the gateway may take to report what it counts before what was last known is shown.
    static let statisticsPatience: Duration = .seconds(1)
    /// How long the gateway may take to confirm a change of its routes before it is told without.
    private static let routePatience: Duration = .seconds(10)

    /// Asks the gateway, and waits until it has answered.
    ///
    /// Shape: whether it has; not where there is none, where it ends, and where it takes longer than
    /// `patience`, which is looked at once a second.
    @discardableResult
    func ask(within patience: Duration, by order: (Int) -> GatewayOrder) async -> Bool {
        let id = gateway.questions.next()
        guard gateway.joined?.send(order(id)) == true else { return false }
        let until = now + patience
        await withCheckedContinuation { gateway.questions.wait(for: id, until: until, $0) }
        return gateway.questions.isAnswered(id)
    }

    /// Waits until the gateway has taken in every route that it was told.
    ///
    /// It is asked what it answers shortest, for it answers in the order of what it is told.
    ///
    /// Shape: a notice where it has not confirmed that in time; nothing where there is no gateway:
    /// the next one listens once it has the routes.
    func routesUnconfirmed() async -> String? {
        let asked = gateway.number
        guard gateway.joined != nil,
            await !ask(within: Self.routePatience, by: { .reportComparisons(id: $0) }),
            gateway.joined != nil, gateway.number == asked
        else { return nil }
        let seconds = Self.routePatience.components.seconds
        return "the gateway has not confirmed within \(seconds) s that requests go where they now "
            + "shall: some may go where they went before until it does"
    }
}
