// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// How long to wait before something that ended is started again.
///
/// | Deaths since it was last healthy | 1, had served | 1, had not | 2 | 3 | 4 | ... | 10 and on |
/// |---|---|---|---|---|---|---|---|
/// | wait | none | 100 ms | 200 ms or 100 ms | doubling | | | 30 s |
///
/// Source: the tests `A back-off`.
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
