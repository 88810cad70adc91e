// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLinux
import Vocabulary

/// The loop's timers: one for the dispatcher, one for slow clients.
extension GatewayCore {
    /// The moment now, outside a turn.
    func refreshedNow() -> Moment {
        beginTurn()
        return now
    }

    /// Sees that `tick` is called in time: moves the timer only when it would be late.
    func setTimer() {
        let due = timer == nil ? dispatcher.nextTick : dispatcher.nextLook
        guard due < timerDue else { return }
        if let timer { loop.cancel(timer) }
        timerDue = due
        let pause = due == .never ? Duration.seconds(60) : max(.zero, due - now)
        timer = loop.schedule(in: pause) { [self] in timerFired() }
    }

    private func timerFired() {
        timer = nil
        timerDue = .never
        beginTurn()
        for station in stations where station.isBusy { drain(station) }
        noteTaken()
        decide(.tick)
        setTimer()
    }

    /// Looks at the connections once a second while there are any.
    func lookAtConnections() {
        guard !connections.isEmpty else {
            isLooking = false
            return
        }
        isLooking = true
        loop.schedule(in: .seconds(1)) { [self] in
            beginTurn()
            for connection in connectionsInOrder { connection.look(at: now) }
            unread.look(at: connectionsInOrder)
            lookAtConnections()
        }
    }

    /// The connections as a list: what is done to one may close it.
    var connectionsInOrder: [Connection] { Array(connections.values) }
}
