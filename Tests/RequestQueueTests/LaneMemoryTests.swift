// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLaneKit
import CScorerABI
import Glibc
import Testing
import Vocabulary
import Wire

@testable import RequestQueue

@Suite(.timeLimit(.minutes(1))) struct `A lane's memory` {
    let ends: (near: Descriptor, far: Descriptor)

    init() throws { ends = try makeEnds() }

    @Test func `of requests cannot be written by the scorer, not even when opened anew`() throws {
        let lane = try makeLane(ends.near)
        let scorer = try RawScorer(ends.far)

        #expect(!kit_can_write(scorer.requestsMemory.number))
        #expect(!kit_can_resize(scorer.requestsMemory.number))
        #expect(!kit_can_punch(scorer.requestsMemory.number))

        let ticket = try lane.post("still ours to write")
        #expect(scorer.slot(ticket.slot).ticket == ticket.number)
    }

    @Test func `of answers is the scorer's to write, but not to shrink`() throws {
        _ = try makeLane(ends.near)
        let scorer = try RawScorer(ends.far)

        #expect(kit_can_write(scorer.responsesMemory.number))
        #expect(!kit_can_resize(scorer.responsesMemory.number))
    }

    @Test func `can be opened by its owner only`() throws {
        _ = try makeLane(ends.near)
        let scorer = try RawScorer(ends.far)

        for memory in [scorer.requestsMemory, scorer.responsesMemory] {
            var status = stat()
            #expect(fstat(memory.number, &status) == 0)
            #expect(status.st_mode & 0o7777 == 0o600)
        }
    }

    @Test func `reads as zeros where the scorer punched a hole, and costs it its lane`() throws {
        let lane = try makeLane(ends.near)
        let scorer = try RawScorer(ends.far)
        let ticket = try lane.post("a")
        scorer.give(scorer.honestAnswer(to: ticket))

        #expect(kit_can_punch(scorer.responsesMemory.number))

        // `done` was in the hole: the count reads as zero, so nothing is there.
        #expect(try lane.drained().isEmpty)
        scorer.storeDone(1)
        #expect(throws: ProtocolViolation.self) { try lane.drained() }
    }

    @Test func `never shows a scorer what an earlier request left behind`() throws {
        let lane = try makeLane(ends.near)
        let scorer = try RawScorer(ends.far)
        let long = try lane.post(String(repeating: "secret", count: 100), head: "HEAD")
        scorer.give(scorer.honestAnswer(to: long))
        _ = try lane.drained()

        let short = try lane.post("short")

        #expect(short.slot == long.slot)
        #expect(scorer.area(short.slot).prefix(5).elementsEqual("short".utf8))
        #expect(scorer.area(short.slot).dropFirst(5).allSatisfy { $0 == 0 })
    }

    @Test func `is not inherited by what the scorer forks, nor its socket by what it executes`()
        throws
    {
        let lane = try makeLane(ends.near)
        #expect(fcntl(ends.far.number, F_SETFD, 0) == 0)
        let scorer = try HonestScorer(ends.far)
        _ = try lane.post("a")
        let request = try scorer.take()

        let maps = try readWhole("/proc/self/smaps")
        let address = UInt(bitPattern: request.body)
        let flags = try #require(mappingFlags(at: address, in: maps))

        #expect(flags.contains("dc"))
        #expect(!flags.contains("wr"))
        #expect(fcntl(ends.far.number, F_GETFD) == FD_CLOEXEC)
    }

    /// The kernel's flags of the mapping around an address.
    private func mappingFlags(at address: UInt, in maps: String) -> [Substring]? {
        var isHere = false
        for line in maps.split(separator: "\n") {
            let fields = line.split(separator: " ")
            if let range = fields.first?.split(separator: "-"), range.count == 2,
                let start = UInt(range[0], radix: 16), let end = UInt(range[1], radix: 16)
            {
                isHere = (start..<end).contains(address)
            }
            if isHere, fields.first == "VmFlags:" { return Array(fields.dropFirst()) }
        }
        return nil
    }

    @Test func `is given back when the lane is thrown away`() throws {
        let scorer: RawScorer
        do {
            let ends = try makeEnds()
            _ = try makeLane(ends.near)
            scorer = try RawScorer(ends.far)
        }

        let inode = try scorer.requestsMemory.inode()
        let maps = try readWhole("/proc/self/maps")

        let mappings = maps.split(separator: "\n").filter { $0.contains(" \(inode) ") }
        #expect(mappings.count == 1, "the scorer's own")
    }
}

extension Descriptor {
    fileprivate func inode() throws -> UInt64 {
        var status = stat()
        guard fstat(number, &status) == 0 else { throw SystemError("look at a file") }
        return UInt64(status.st_ino)
    }
}
