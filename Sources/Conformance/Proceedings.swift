// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// Decides which sentence is tried next, and which one is broken by what was seen.
///
/// A pure value. Each sentence is tried once, in the order of the numbers, provided that what it
/// needs is not broken. A lie breaks the sentence that owns it, which need not be the one that was
/// being tried: that one was then not reached.
struct Proceedings {
    let sentences: [Sentence]
    private(set) var verdicts: [Sentence.Name: Verdict] = [:]
    private var place = 0

    init(_ sentences: [Sentence] = Sentence.all) {
        self.sentences = sentences
    }

    /// The next sentence to try; nothing when all were.
    mutating func next() -> Sentence? {
        while place < sentences.count {
            let sentence = sentences[place]
            place += 1
            if let why = obstacle(to: sentence) {
                if verdicts[sentence.name] == nil {
                    verdicts[sentence.name] = .notReached(why: why)
                }
            } else if !sentence.script.isEmpty, verdicts[sentence.name] == nil {
                return sentence
            }
        }
        for sentence in sentences where verdicts[sentence.name] == nil {
            verdicts[sentence.name] = .held(note: "")
        }
        return nil
    }

    /// Notes how the trial of a sentence ended: without an interruption it holds.
    mutating func note(_ interruption: Interruption?, in sentence: Sentence, note: String) {
        switch interruption {
        case nil:
            if verdicts[sentence.name] == nil { verdicts[sentence.name] = .held(note: note) }
        case .broke(let seen): verdicts[sentence.name] = .broken(seen: seen)
        case .notApplicable(let why): verdicts[sentence.name] = .notApplicable(why: why)
        case .machine(let problem):
            verdicts[sentence.name] = .notReached(why: problem.description)
        case .lied(let lie, let seen): blame(lie, seen, in: sentence)
        }
    }

    private mutating func blame(_ lie: Lie, _ seen: String, in sentence: Sentence) {
        let owner = sentences.first { $0.lies.contains(lie) } ?? sentence
        if owner.name == sentence.name {
            verdicts[owner.name] = .broken(seen: seen)
            return
        }
        if verdicts[owner.name]?.isBroken != true {
            let tried = "while sentence \(sentence.name.rawValue) was tried"
            verdicts[owner.name] = .broken(seen: "\(seen), \(tried)")
        }
        verdicts[sentence.name] = .notReached(
            why: "sentence \(owner.name.rawValue) was broken while it was tried"
        )
    }

    /// Why a sentence cannot be tried, or watched for.
    private func obstacle(to sentence: Sentence) -> String? {
        for need in sentence.needs {
            switch verdicts[need] {
            case .broken, .notReached: return "it needs sentence \(need.rawValue)"
            case .held, .notApplicable, nil: continue
            }
        }
        return nil
    }
}
