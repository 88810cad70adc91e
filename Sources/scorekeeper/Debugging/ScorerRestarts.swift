// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// Decides when a scorer that is being debugged is started again.
///
/// A pure value: it is told what happened and answers what to do and what to say of it.
struct ScorerRestarts {
    /// What happened.
    enum Event: Hashable {
        /// The scorer said that it is ready.
        case ready
        /// Its process ended; how, as the end of a sentence, and how long it had lived.
        case ended(String, after: Duration)
        /// Its lane ended though its process lives; why.
        case ejected(String)
        /// Its program was written anew.
        case changed
        /// A pause that was asked for is over.
        case paused
    }

    /// What to do.
    enum Action: Hashable {
        /// Start the program.
        case start
        /// Start it after a second.
        case startAfterPause
        /// End the process that runs.
        case end
        /// Leave: there is nothing left to do.
        case leave
        /// Tell the person.
        case tell(String)
    }

    private enum State {
        case running(isReady: Bool)
        /// It is being ended; whether the person knows that it is started again.
        case ending(isTold: Bool)
        case pausing
        case waitingForChange
    }

    /// The program, as it was named.
    let name: String
    /// Whether a tool runs it: then the tool's end is the end.
    let isUnderTool: Bool
    private var state = State.waitingForChange
    private static let shortLife = Duration.seconds(1)

    init(name: String, isUnderTool: Bool) {
        self.name = name
        self.isUnderTool = isUnderTool
    }

    /// The first start.
    mutating func begin() -> [Action] {
        state = .running(isReady: false)
        return [.start]
    }

    /// What to do about what happened.
    mutating func decide(_ event: Event) -> [Action] {
        switch (event, state) {
        case (.ready, .running):
            state = .running(isReady: true)
            return [.tell("'\(name)' is ready")]
        case (.ended(let how, _), .ending(let isTold)):
            return start(isTold ? nil : "'\(name)' \(how); it is started again")
        case (.ended(let how, _), _) where isUnderTool: return [.tell("the tool \(how)"), .leave]
        case (.ended(let how, let life), .running(let isReady)):
            return ended(how, after: life, wasReady: isReady)
        case (.ejected(let why), .running):
            // What a tool runs is the person's to end.
            if isUnderTool { return [.tell("its lane ended: \(why)")] }
            state = .ending(isTold: false)
            return [.tell("its lane ended: \(why)"), .end]
        case (.changed, .running) where !isUnderTool:
            state = .ending(isTold: true)
            return [.tell("'\(name)' has changed; it is started again"), .end]
        case (.changed, .waitingForChange):
            return start("'\(name)' has changed; it is started again")
        case (.paused, .pausing): return start(nil)
        default: return []
        }
    }

    private mutating func ended(
        _ how: String,
        after life: Duration,
        wasReady: Bool
    ) -> [Action] {
        guard wasReady else {
            state = .waitingForChange
            let when = "it is started again when it changes"
            return [.tell("'\(name)' \(how) before it was ready; \(when)")]
        }
        if life >= Self.shortLife { return start("'\(name)' \(how); it is started again") }
        state = .pausing
        return [.tell("'\(name)' \(how); it is started again in a second"), .startAfterPause]
    }

    private mutating func start(_ words: String?) -> [Action] {
        state = .running(isReady: false)
        return (words.map { [.tell($0)] } ?? []) + [.start]
    }
}
