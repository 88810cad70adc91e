// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Whether something is still owned; given up once.
struct OwnedFlag: ~Copyable {
    private let isOwned = Atomic(true)

    /// Gives ownership up; answers whether there was any.
    borrowing func giveUp() -> Bool {
        isOwned.exchange(false, ordering: .acquiringAndReleasing)
    }
}
