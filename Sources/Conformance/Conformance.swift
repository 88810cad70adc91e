// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Plays the gateway's end of the lane against a scorer and tells which sentences it keeps.
public struct Conformance {
    private let program: ScorerProgram
    private let settings: ConformanceSettings

    /// Will try `program`.
    public init(_ program: ScorerProgram, _ settings: ConformanceSettings = .init()) {
        self.program = program
        self.settings = settings
    }

    /// Plays every sentence; the scorer and all it started are gone when it returns.
    ///
    /// Shape: `telling` hears the words of each sentence before it is tried.
    public func play(telling: (String) -> Void = { _ in }) -> ConformanceReport {
        var proceedings = Proceedings()
        let player = Player(program, settings)
        while let sentence = proceedings.next() {
            telling("\(sentence.name.rawValue). \(sentence.words)")
            let interruption = player.play(sentence.script)
            proceedings.note(interruption, in: sentence, note: player.note)
        }
        player.end()
        return ConformanceReport(
            program: program,
            settings: settings,
            proceedings,
            notice: player.refusals.notice
        )
    }
}
