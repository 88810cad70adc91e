// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import RequestQueue
import Vocabulary

/// Why a step could not be played to its end.
enum Interruption: Error, Hashable {
    /// The scorer was caught at a lie; what was seen.
    case lied(Lie, String)
    /// It did not do what it should: what was seen.
    case broke(String)
    /// The sentence is not about a scorer such as this one; why.
    case notApplicable(String)
    /// This machine, not the scorer, is at fault.
    case machine(Problem)
}
