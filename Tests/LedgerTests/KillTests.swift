// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Vocabulary

@testable import Ledger

/// A writer that is killed at any point leaves the old state or the new one, never a mixture.
///
/// Each round is a process of its own that goes on from the file as the last one left it; transaction
/// n writes the number n everywhere, and lets a piece of the state go. Before each the writer notes that it begins, after each that it
/// is done, in a file that no kill can tear: what is read must be at least what was done, at most
/// what was begun.
@Suite struct `A writer that is killed` {
    @Test func `row 23: leaves the old state or the new one, 120 times`() async throws {
        let folder = try TemporaryFolder()
        var generator = SystemRandomNumberGenerator()
        var written = 0

        for round in 1...120 {
            // From before the first byte to some ten commits later; by its own time on the processor
            // every other round, so that a busy machine does not keep it from writing at all.
            let isBusy = round % 2 == 0
            let delay = Int.random(in: 1...20_000_000, using: &generator)
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [path = folder.path as String, delay = delay as Int, isBusy = isBusy as Bool] in
                try writeUntilKilled(in: path, after: delay, ofBusyTime: isBusy)
            }

            let notes = readNotes(in: folder.path)
            let ledger = try Ledger(path: folder.ledger)
            let declared = try ledger.loadDeclarations().first?.revision.number ?? 0
            let state = try ledger.loadState().map { ($0.id.name, number(in: $0.bytes)) }
            let newest = try ledger.journal(limit: 1).first?.entry.event ?? "0"
            let label: Comment = "round \(round), killed after \(delay) ns"
            #expect(
                Dictionary(uniqueKeysWithValues: state) == expectedState(after: declared),
                label
            )
            #expect("\(declared)" == newest, label)
            #expect(declared >= notes.done, label)
            #expect(declared <= notes.begun, label)
            written = declared
        }

        // A test in which nothing was ever written would prove nothing.
        #expect(written > 10)
    }
}

private func number(in bytes: Data) -> Int {
    Int(String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)) ?? -1
}

/// What transaction `number` changes of the state: one piece always, one of seven, and one that goes.
private func stateChange(_ number: Int, padding: Data) -> StateChange {
    var change = StateChange()
    let bytes = Data("\(number)".utf8) + padding
    change.keep(stateID("always"), bytes)
    change.keep(stateID("\(number % 7)"), bytes)
    change.drop(stateID("\((number + 3) % 7)"))
    return change
}

/// The state after so many transactions, told without a ledger.
private func expectedState(after number: Int) -> [String: Int] {
    guard number > 0 else { return [:] }
    var state = ["always": number]
    // What was kept four transactions ago is what this one lets go.
    for kept in max(1, number - 3)...number { state["\(kept % 7)"] = kept }
    return state
}

/// Commits one transaction after the other until the kernel ends this process.
private func writeUntilKilled(
    in folder: String,
    after nanoseconds: Int,
    ofBusyTime isBusyTime: Bool
) throws {
    let notes = open(folder + "/notes", O_CREAT | O_WRONLY, 0o600)
    let ledger = try Ledger(path: folder + "/ledger.sqlite")
    var number = try ledger.loadDeclarations().first?.revision.number ?? 0
    let key = try makeKey("iris")
    // Some pages of padding: a transaction that takes time can be cut.
    let padding = Data(count: 30_000)
    try killMyself(after: nanoseconds, ofBusyTime: isBusyTime)
    while true {
        number += 1
        note(number, at: 0, in: notes)
        try ledger.commit(
            Transaction(
                changes: [.declare(makeDeclaration(key, revision: number))],
                state: stateChange(number, padding: padding),
                journal: [makeEntry("\(number)", about: "iris/default", size: 3_000)]
            )
        )
        note(number, at: 8, in: notes)
    }
}

private func killMyself(after nanoseconds: Int, ofBusyTime isBusyTime: Bool) throws {
    var event = sigevent()
    event.sigev_notify = Int32(SIGEV_SIGNAL)
    event.sigev_signo = SIGKILL
    var timer: timer_t?
    let clock = isBusyTime ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC
    try #require(timer_create(clock, &event, &timer) == 0)
    var due = itimerspec()
    due.it_value.tv_nsec = nanoseconds
    try #require(timer_settime(timer, 0, &due, nil) == 0)
}

private func note(_ number: Int, at offset: Int, in descriptor: Int32) {
    var value = UInt64(number)
    pwrite(descriptor, &value, 8, offset)
}

private func readNotes(in folder: String) -> (begun: Int, done: Int) {
    let descriptor = open(folder + "/notes", O_RDONLY)
    defer { _ = close(descriptor) }
    var values: [UInt64] = [0, 0]
    pread(descriptor, &values, 16, 0)
    return (Int(values[0]), Int(values[1]))
}
