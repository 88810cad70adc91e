// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@testable import Supervisor

@Suite struct `A start that gives way to what serves` {
    private func run(_ ordinal: Int) throws -> Run {
        let instance = try #require(InstanceID("iris/default/\(ordinal)"))
        return Run(instance: instance, incarnation: 1)
    }

    @Test func `gets its route only when its node has said that it counts in full`() throws {
        var starts = PatientStarts()
        starts.begin(try run(1))

        #expect(starts.noteReady(try run(1)))
        #expect(starts.waiting == [try run(1)])
        #expect(starts.end(try run(1)))
        #expect(starts.waiting == [])
        #expect(!starts.end(try run(1)))
    }

    @Test func `gets none for counting in full before it can answer`() throws {
        var starts = PatientStarts()
        starts.begin(try run(1))

        #expect(!starts.end(try run(1)))
        #expect(!starts.noteReady(try run(1)))
    }

    @Test func `keeps none waiting that never gave way, or that nobody waits for`() throws {
        var starts = PatientStarts()
        starts.begin(try run(1))
        #expect(starts.noteReady(try run(1)))

        let (one, two) = (try run(1), try run(2))
        let isOtherKept = starts.noteReady(two)
        starts.keep { $0 != one }

        #expect(!isOtherKept)
        #expect(starts.waiting == [])
    }
}
