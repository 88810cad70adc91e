// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Vocabulary

/// Rings once, at a time that may be set anew as often as one likes.
///
/// It is one timer for good. A task that sleeps stays in memory until its time has come, cancelled or
/// not, and the next deadline is another one after almost every event.
final class Alarm {
    private let timer: any DispatchSourceTimer
    /// What it is set for; nothing where it will not ring.
    private var due: Moment?

    /// Makes one that is not set, and that will call `ring`.
    init(_ ring: @escaping @Sendable () -> Void) {
        timer = DispatchSource.makeTimerSource()
        timer.setEventHandler(handler: ring)
        timer.schedule(deadline: .distantFuture)
        timer.activate()
    }

    deinit { timer.cancel() }

    /// Lets it ring at a moment, or never; what was set before no longer counts.
    ///
    /// Most decisions leave the next deadline where it was: the timer is not touched then.
    func set(for moment: Moment?, now: Moment) {
        guard moment != due else { return }
        due = moment
        guard let moment else { return timer.schedule(deadline: .distantFuture) }
        let nanoseconds = max(.zero, moment - now).nanosecondsSaturated
        timer.schedule(deadline: .now() + .nanoseconds(Int(nanoseconds)))
    }

    /// Takes note that it rang: for the same moment it would not ring again.
    func hasRung() {
        due = nil
    }
}
