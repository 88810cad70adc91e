// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// One way out that `scorekeeper escape-test` tries: what it is called, what forbids it, and where to
/// look from outside whether it worked.
struct EscapeAttempt: Hashable, Sendable {
    /// What becomes of the run that tries.
    enum Course: Hashable, Sendable {
        /// It answers and goes on.
        case answers
        /// It is ended, or it got through.
        case ends
        /// It may be ended, and may answer.
        case mayEnd
        /// It answers, and then its endpoint is deleted: what is left is looked at afterwards, and the
        /// next attempt has a lane of its own.
        case thenDelete
    }

    /// What is looked at from outside; the scorer's own word counts where there is nothing.
    enum Evidence: Hashable, Sendable {
        /// A count of the surroundings.
        case reached(String)
        /// A file in the machine's tmp.
        case hostFile
        /// A process that lives on under the attempt's name.
        case survivor
        /// Files of the run that are still there, or files of others that are not.
        case litter
        /// Descriptors that the gateway did not have before.
        case gatewayDescriptors
        /// More log than its bound.
        case logSize
        /// Bytes in the log that a terminal obeys.
        case logBytes
    }

    /// Its name in the program that carries it out.
    let word: String
    /// What it tries, for people.
    let text: String
    /// What is broken where it works.
    let promise: IsolationPromise
    let course: Course
    let evidence: Evidence?

    init(
        _ word: String,
        _ text: String,
        _ promise: IsolationPromise,
        _ course: Course = .answers,
        _ evidence: Evidence? = nil
    ) {
        self.word = word
        self.text = text
        self.promise = promise
        self.course = course
        self.evidence = evidence
    }
}
