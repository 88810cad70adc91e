// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import AnswerComparison
import Glibc
import NIOPosix
import Synchronization
import Vocabulary
import Wire

/// Compares pairs of answers on a thread of its own that gives way to all others, and keeps what
/// they differed in; the answers themselves are gone once compared.
final class ComparisonDesk: Sendable {
    /// Most pairs that wait to be compared; further ones count as not compared.
    private static let pairLimit = 256
    /// Most bytes of theirs.
    private static let byteLimit = 8 << 20
    /// Most tallies for the same two deployments: one for each pair of revisions, the newest.
    private static let revisionLimit = 2
    /// Most tallies.
    private static let tallyLimit = 256
    private static let niceness: Int32 = 10

    private struct Waiting {
        var pairs = 0
        var bytes = 0
        var isStarted = false
    }

    private let waiting = Mutex(Waiting())
    private let kept = Mutex<[MirrorTally]>([])
    private let pool = NIOThreadPool(numberOfThreads: 1)

    /// What was found so far.
    var tallies: [MirrorTally] { kept.withLock { $0 } }

    /// Compares two answers later.
    func compare(
        _ pair: MirrorTally.Pair,
        _ live: ComparedAnswer,
        _ mirrored: ComparedAnswer,
        tolerance: Double
    ) {
        measure(live, mirrored, tolerance: tolerance) { [self] difference in
            change(pair) { tally in
                if let difference { tally.add(difference) } else { tally.skip() }
            }
        }
    }

    /// Compares two answers later and hands over what they differ in, on the thread that found it;
    /// nothing, at once, where too many wait.
    func measure(
        _ first: ComparedAnswer,
        _ second: ComparedAnswer,
        tolerance: Double,
        _ take: @escaping @Sendable (AnswerDifference?) -> Void
    ) {
        let bytes = (first.body?.count ?? 0) + (second.body?.count ?? 0)
        guard admit(bytes) else { return take(nil) }
        pool.submit { [self] _ in
            take(AnswerDifference(first, second, tolerance: tolerance))
            waiting.withLock { waiting in
                waiting.pairs -= 1
                waiting.bytes -= bytes
            }
        }
    }

    /// Forgets what was found of a deployment that is gone: another may take its name.
    func forget(_ deployment: DeploymentKey) {
        kept.withLock { kept in
            kept.removeAll { $0.pair.live == deployment || $0.pair.mirrored == deployment }
        }
    }

    /// Compares nothing more; returns once the thread has ended.
    func close() throws { try pool.syncShutdownGracefully() }

    private func admit(_ bytes: Int) -> Bool {
        waiting.withLock { waiting in
            guard waiting.pairs < Self.pairLimit, waiting.bytes + bytes <= Self.byteLimit else {
                return false
            }
            waiting.pairs += 1
            waiting.bytes += bytes
            if !waiting.isStarted {
                waiting.isStarted = true
                pool.start()
                // Of the calling thread alone, on Linux.
                pool.submit { _ in
                    _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Self.niceness)
                }
            }
            return true
        }
    }

    private func change(_ pair: MirrorTally.Pair, _ body: (inout AnswerTally) -> Void) {
        kept.withLock { kept in
            if let place = kept.firstIndex(where: { $0.pair == pair }) {
                body(&kept[place].tally)
                return
            }
            let others = kept.indices.filter { kept[$0].pair.isOf(pair) }
            if others.count >= Self.revisionLimit {
                kept.remove(at: others[0])
            } else if kept.count >= Self.tallyLimit {
                kept.removeFirst()
            }
            var tally = MirrorTally(pair: pair, tally: AnswerTally())
            body(&tally.tally)
            kept.append(tally)
        }
    }
}

extension MirrorTally.Pair {
    /// Whether another names the same two deployments.
    fileprivate func isOf(_ other: MirrorTally.Pair) -> Bool {
        live == other.live && mirrored == other.mirrored
    }
}
