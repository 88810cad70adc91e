// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Vocabulary

@Suite struct `A report of an end` {
    @Test func `by too much memory says how much there was`() {
        let report = ExitReport(cause: .outOfMemory, memoryBytes: 4 << 30)

        #expect("\(report)" == "ran out of memory: it needed more than its 4 GiB")
    }

    @Test func `by a signal names it, by one without a name gives its number`() {
        #expect("\(ExitReport(cause: .signalled(11)))" == "was ended by signal 11 (SIGSEGV)")
        #expect("\(ExitReport(cause: .signalled(44)))" == "was ended by signal 44")
    }

    @Test func `of an earlier version is still read`() throws {
        let text = #"{"cause": {"outOfMemory": {}}, "lastLines": ["loading"]}"#

        let report = try JSONDecoder().decode(ExitReport.self, from: Data(text.utf8))

        #expect(report == ExitReport(cause: .outOfMemory, lastLines: ["loading"]))
        #expect("\(report)" == "ran out of memory: it needed more than its limit")
    }
}

@Suite struct `An amount of memory` {
    @Test func `is written in the largest unit that rounds nothing`() {
        let amounts: [Int64] = [4 << 30, 1_536 << 20, 3 << 10, 1_000, 1, 0]

        #expect(
            amounts.map { "\(ByteCount($0))" }
                == ["4 GiB", "1536 MiB", "3 KiB", "1000 bytes", "1 byte", "0 bytes"]
        )
    }
}
