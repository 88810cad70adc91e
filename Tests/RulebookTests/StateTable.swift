// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Rulebook
import Vocabulary

/// What becomes of a state by an event, tried and written down: rows of a page.
struct StateTable {
    /// Something that can happen, with the words for it.
    struct Trial {
        let name: String
        let play: (inout Stage) -> Decision
    }

    let title: String
    let states: [(name: String, stage: Stage)]
    let trials: [Trial]
    /// The words for what a stage shows.
    let show: (Stage) -> String

    /// The table in Markdown: a row an event, a column a state; `.` where nothing changes.
    var lines: [String] {
        var lines = ["## \(title)", ""]
        lines.append("| event | \(states.map(\.name).joined(separator: " | ")) |")
        lines.append("|---|" + String(repeating: "---|", count: states.count))
        for trial in trials {
            let cells = states.map { cell($0.stage, trial) }
            lines.append("| \(trial.name) | \(cells.joined(separator: " | ")) |")
        }
        return lines
    }

    private func cell(_ stage: Stage, _ trial: Trial) -> String {
        var stage = stage
        let before = show(stage)
        let decision = trial.play(&stage)
        if let refusal = decision.refusal { return "*\(refusal.code)*" }
        let after = show(stage)
        return after == before ? "." : after
    }
}
