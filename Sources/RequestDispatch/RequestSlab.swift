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
        link(index, behind: list.last, in: &list, by: .place)
    }

    mutating func prepend(_ index: Int32, to list: inout LinkedList) {
        link(index, behind: -1, in: &list, by: .place)
    }

    mutating func remove(_ index: Int32, from list: inout LinkedList) {
        unlink(index, from: &list, by: .place)
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
        link(index, behind: before, in: &list, by: .turn)
    }

    /// Puts a request last among those that go by the time of their last part.
    mutating func appendTurn(_ index: Int32, to list: inout LinkedList) {
        link(index, behind: list.last, in: &list, by: .turn)
    }

    mutating func removeTurn(_ index: Int32, from list: inout LinkedList) {
        unlink(index, from: &list, by: .turn)
    }

    // MARK: - Links

    /// Which of its two lists a record is threaded into.
    private enum Thread {
        case place
        case turn
    }

    private subscript(index: Int32, thread: Thread) -> Links {
        get {
            switch thread {
            case .place: records[Int(index)].place
            case .turn: records[Int(index)].turn
            }
        }
        set {
            switch thread {
            case .place: records[Int(index)].place = newValue
            case .turn: records[Int(index)].turn = newValue
            }
        }
    }

    /// Puts a record behind another; at the front behind -1.
    private mutating func link(
        _ index: Int32,
        behind previous: Int32,
        in list: inout LinkedList,
        by thread: Thread
    ) {
        let next = previous >= 0 ? self[previous, thread].next : list.first
        self[index, thread] = Links(previous: previous, next: next)
        if previous >= 0 { self[previous, thread].next = index } else { list.first = index }
        if next >= 0 { self[next, thread].previous = index } else { list.last = index }
        list.count += 1
    }

    private mutating func unlink(
        _ index: Int32,
        from list: inout LinkedList,
        by thread: Thread
    ) {
        let (previous, next) = (self[index, thread].previous, self[index, thread].next)
        if previous >= 0 { self[previous, thread].next = next } else { list.first = next }
        if next >= 0 { self[next, thread].previous = previous } else { list.last = previous }
        self[index, thread] = Links()
        list.count -= 1
    }
}
