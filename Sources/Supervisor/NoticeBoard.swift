// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// What the server keeps telling people until it is no longer true.
struct NoticeBoard {
    /// What a notice is about: a later one about the same replaces it.
    enum Subject: Hashable, Comparable {
        /// Where the server can be reached from.
        case exposure
        /// What is declared beyond what is there.
        case capacity
        /// The journal.
        case ledger
        /// Copies that no document needs, where none is there at all.
        case copies
        /// What the machine lacks to build environments.
        case tools
        /// The folder that models are dropped into.
        case models
        /// One entry of that folder.
        case drop(String)
        /// What a node said.
        case node(String)
    }

    private var sentences: [Subject: String] = [:]

    /// Puts a notice up; nothing takes it down.
    mutating func set(_ sentence: String?, for subject: Subject) {
        sentences[subject] = sentence
    }

    /// Takes down what was said of entries that are no longer among `names`.
    mutating func keepDrops(among names: [String]) {
        for subject in sentences.keys {
            if case .drop(let name) = subject, !names.contains(name) { sentences[subject] = nil }
        }
    }

    /// Every notice, in order of subject.
    var all: [String] { sentences.sorted { $0.key < $1.key }.map(\.value) }
}
