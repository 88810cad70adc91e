// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Whether a client reads fast enough to keep a scorer from others.
///
/// An answer in parts that its client does not take keeps a slot, and a call of the model, once as
/// much of it is here as may be. Where others wait for those, a client has to take a part in time.
struct ReadingPace {
    /// Since when the next part could not be taken over while others waited.
    private var since: Moment?

    /// A part was taken over.
    mutating func tookPart() { since = nil }

    /// Whether others have waited for too long; asked about once a second.
    mutating func isTooSlow(at now: Moment, isBlocking: Bool, within grace: Duration) -> Bool {
        guard isBlocking else {
            since = nil
            return false
        }
        guard let since else {
            self.since = now
            return false
        }
        return now - since >= grace
    }
}
