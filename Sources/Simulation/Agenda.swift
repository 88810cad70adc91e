// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What will happen, in order of time; at the same time, in the order it was planned.
struct Agenda<Item> {
    private struct Entry {
        let moment: Moment
        let number: Int
        let item: Item

        func precedes(_ other: Entry) -> Bool {
            (moment, number) < (other.moment, other.number)
        }
    }

    /// A binary heap, the next entry first.
    private var heap: [Entry] = []
    private var count = 0

    /// When the next thing happens.
    var next: Moment? { heap.first?.moment }

    mutating func plan(_ item: Item, at moment: Moment) {
        count += 1
        heap.append(Entry(moment: moment, number: count, item: item))
        var child = heap.count - 1
        while child > 0, heap[child].precedes(heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func take() -> (moment: Moment, item: Item)? {
        guard let first = heap.first, let last = heap.popLast() else { return nil }
        if !heap.isEmpty {
            heap[0] = last
            sink()
        }
        return (first.moment, first.item)
    }

    private mutating func sink() {
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && heap[child].precedes(heap[least]) {
                least = child
            }
            if least == parent { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
