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

    /// Makes one that is not set, and that will call `ring`.
    init(_ ring: @escaping @Sendable () -> Void) {
        timer = DispatchSource.makeTimerSource()
        timer.setEventHandler(handler: ring)
        timer.schedule(deadline: .distantFuture)
        timer.activate()
    }

    deinit { timer.cancel() }

    /// Lets it ring after so long, or never; what was set before no longer counts.
    func set(after delay: Duration?) {
        guard let delay else { return timer.schedule(deadline: .distantFuture) }
        let nanoseconds = max(.zero, delay).nanosecondsSaturated
        timer.schedule(deadline: .now() + .nanoseconds(Int(nanoseconds)))
    }
}
