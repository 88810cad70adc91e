// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// How long to wait before something that ended is started again.
///
/// The first death of a run that served stands at step 0, that of one that never did at step 1; each
/// further death is one step on, and a minute of service leads back.
///
/// | step | 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 |
/// |---|---|---|---|---|---|---|---|---|---|---|---|
/// | wait | none | 100 ms | 200 ms | 400 ms | 800 ms | 1.6 s | 3.2 s | 6.4 s | 12.8 s | 25.6 s | 30 s |
///
/// Source: the tests `A death`.
package enum BackOff {
    /// A run that served this long before it died is a healthy one: its death is the first again.
    package static let health: Duration = .seconds(60)
    /// The first wait that is not none.
    package static let first: Duration = .milliseconds(100)
    /// The longest.
    package static let longest: Duration = .seconds(30)

    /// The wait after a death at this step, from 0.
    package static func delay(step: Int) -> Duration {
        guard step > 0 else { return .zero }
        // 100 ms doubled nine times is past the longest: no shift beyond that is ever needed.
        guard step < 10 else { return longest }
        return min(longest, first * (1 << (step - 1)))
    }
}
