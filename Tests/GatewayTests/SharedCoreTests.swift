// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLinux
import Foundation
import Testing

@testable import Gateway

@Suite struct `A core that scorers share` {
    /// How many cores the calling thread may run on.
    private static func count() -> Int {
        var cores = linux_cores()
        _ = linux_cores_get(&cores)
        return withUnsafeBytes(of: &cores) { $0.reduce(0) { $0 + $1.nonzeroBitCount } }
    }

    @Test func `keeps the loop from the first of them to the last`() async {
        let counts = await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var core = SharedCore()
                var counts = [Self.count()]
                for step in [1, 1, -1, 1, -1, -1] {
                    if step > 0 { core.enter() } else { core.leave() }
                    counts.append(Self.count())
                }
                continuation.resume(returning: counts)
            }
        }

        #expect(counts == [counts[0], 1, 1, 1, 1, 1, counts[0]])
    }
}
