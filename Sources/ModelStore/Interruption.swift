// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
public import Vocabulary

/// A wish that files are read, copied and unpacked no further: a stop must not wait for gigabytes.
///
/// It reaches whatever `perform` runs, and is looked at before each block of a file. What was written
/// until then is removed, as after any other failure.
public final class Interruption: Sendable {
    @TaskLocal private static var current: Interruption?
    private let isWanted = Atomic(false)

    /// Makes one that nobody wants yet.
    public init() {}

    /// Wants it from now on.
    public func want() { isWanted.store(true, ordering: .relaxed) }

    /// Runs work that ends early with `interrupted` once this is wanted.
    public func perform<Value>(_ work: () throws(Problem) -> Value) -> Result<Value, Problem> {
        Self.$current.withValue(self) {
            do throws(Problem) {
                return .success(try work())
            } catch {
                return .failure(error)
            }
        }
    }

    static func check() throws(Problem) {
        guard current?.isWanted.load(ordering: .relaxed) == true else { return }
        throw Problem(
            .failed,
            code: "interrupted",
            what: "cannot finish the copy: the server stops",
            remedy: "ask again once it runs"
        )
    }
}
