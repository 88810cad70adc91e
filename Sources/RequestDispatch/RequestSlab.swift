// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// The records of all live requests, in places that are used again.
///
/// Queues are threaded through the records, so that a request enters, leaves or changes its queue
/// in constant time and without allocating.
struct RequestSlab: Sendable {
    private var records: ContiguousArray<RequestRecord> = []
    private var free: ContiguousArray<Int32> = []

    var liveCount: Int { records.count - free.count }

    subscript(index: Int32) -> RequestRecord {
        get { records[Int(index)] }
        _modify { yield &records[Int(index)] }
    }

    /// The place of a live request; nothing when it is over.
    func find(_ id: RequestID) -> Int32? {
        guard id.index >= 0, Int(id.index) < records.count else { return nil }
        let record = records[Int(id.index)]
        return record.generation == id.generation && record.state != .free ? id.index : nil
    }

    func id(of index: Int32) -> RequestID {
        RequestID(index: index, generation: records[Int(index)].generation)
    }

    mutating func make() -> Int32 {
        if let index = free.popLast() {
            let generation = records[Int(index)].generation
            records[Int(index)] = RequestRecord()
            records[Int(index)].generation = generation
            return index
        }
        records.append(RequestRecord())
        return Int32(records.count - 1)
    }

    mutating func release(_ index: Int32) {
        records[Int(index)].state = .free
        records[Int(index)].generation &+= 1
        free.append(index)
    }

    // MARK: - Places

    mutating func append(_ index: Int32, to list: inout LinkedList) {
        records[Int(index)].place = Links(previous: list.last, next: -1)
        if list.last >= 0 { records[Int(list.last)].place.next = index } else { list.first = index }
        list.last = index
        list.count += 1
    }

    mutating func prepend(_ index: Int32, to list: inout LinkedList) {
        records[Int(index)].place = Links(previous: -1, next: list.first)
        if list.first >= 0 {
            records[Int(list.first)].place.previous = index
        } else {
            list.last = index
        }
        list.first = index
        list.count += 1
    }

    mutating func remove(_ index: Int32, from list: inout LinkedList) {
        let links = records[Int(index)].place
        if links.previous >= 0 {
            records[Int(links.previous)].place.next = links.next
        } else {
            list.first = links.next
        }
        if links.next >= 0 {
            records[Int(links.next)].place.previous = links.previous
        } else {
            list.last = links.previous
        }
        records[Int(index)].place = Links()
        list.count -= 1
    }

    // MARK: - Turns

    /// Puts a request among the deadlines of its deployment, soonest first.
    ///
    /// Deadlines are given in order unless the deployment's rule was changed, so the walk from the
    /// end is one step.
    mutating func insertByDeadline(_ index: Int32, into list: inout LinkedList) {
        let deadline = records[Int(index)].deadline
        var before = list.last
        while before >= 0, records[Int(before)].deadline > deadline {
            before = records[Int(before)].turn.previous
        }
        let after = before >= 0 ? records[Int(before)].turn.next : list.first
        records[Int(index)].turn = Links(previous: before, next: after)
        if before >= 0 { records[Int(before)].turn.next = index } else { list.first = index }
        if after >= 0 { records[Int(after)].turn.previous = index } else { list.last = index }
        list.count += 1
    }

    mutating func removeFromDeadlines(_ index: Int32, of list: inout LinkedList) {
        let links = records[Int(index)].turn
        if links.previous >= 0 {
            records[Int(links.previous)].turn.next = links.next
        } else {
            list.first = links.next
        }
        if links.next >= 0 {
            records[Int(links.next)].turn.previous = links.previous
        } else {
            list.last = links.previous
        }
        records[Int(index)].turn = Links()
        list.count -= 1
    }
}
