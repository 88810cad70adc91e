// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What is due when: the earliest first, of two at the same moment the one that was added first.
struct Timers<Work> {
    /// By which a timer is cancelled.
    struct ID: Hashable {
        fileprivate let number: UInt64
    }

    private struct Entry {
        let due: Moment
        let number: UInt64

        static func < (left: Entry, right: Entry) -> Bool {
            left.due == right.due ? left.number < right.number : left.due < right.due
        }
    }

    /// Cancelled entries that may lie about, beside as many as there are others.
    private static var freeWaste: Int { 16 }

    /// A heap: each entry is before the two at twice its place.
    private var heap: [Entry] = []
    /// What is to be done, where it was not cancelled.
    private var works: [UInt64: Work] = [:]
    private var last: UInt64 = 0

    /// How many are waited for.
    var count: Int { works.count }

    /// When the next one is due; never where there is none.
    var nextDue: Moment {
        mutating get {
            while let first = heap.first, works[first.number] == nil { removeFirst() }
            return heap.first?.due ?? .never
        }
    }

    mutating func add(_ work: Work, at due: Moment) -> ID {
        last += 1
        works[last] = work
        heap.append(Entry(due: due, number: last))
        rise(from: heap.count - 1)
        return ID(number: last)
    }

    /// One that was cancelled, or was due already, may be cancelled again.
    mutating func cancel(_ id: ID) {
        works[id.number] = nil
        guard heap.count > 2 * works.count + Self.freeWaste else { return }
        // In order, so a heap.
        heap = heap.filter { works[$0.number] != nil }.sorted(by: <)
    }

    /// What is due first, once; nothing where none is due yet.
    mutating func takeDue(at now: Moment) -> Work? {
        guard nextDue <= now, let first = heap.first else { return nil }
        removeFirst()
        return works.removeValue(forKey: first.number)
    }

    private mutating func removeFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        sink()
    }

    private mutating func rise(from place: Int) {
        var place = place
        while place > 0, heap[place] < heap[(place - 1) / 2] {
            heap.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    private mutating func sink() {
        var place = 0
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2]
            where child < heap.count && heap[child] < heap[least] {
                least = child
            }
            guard least != place else { return }
            heap.swapAt(place, least)
            place = least
        }
    }
}
