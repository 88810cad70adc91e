// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@Suite struct `A counted thing` {
    private static let sentences: [(Int, Int?, String)] = [
        (0, nil, "0 instances serve"), (1, nil, "1 instance serves"),
        (2, nil, "2 instances serve"), (0, 1, "0 of 1 instance serves"),
        (1, 1, "1 of 1 instance serves"), (0, 3, "0 of 3 instances serve"),
        (1, 3, "1 of 3 instances serves"), (2, 3, "2 of 3 instances serve"),
    ]

    @Test(arguments: sentences)
    func `agrees with its noun and its verb`(_ number: Int, _ total: Int?, _ sentence: String) {
        let counted = Counted(number, of: total, "instance")

        #expect("\(counted) \(counted.verb("serves", "serve"))" == sentence)
    }

    @Test func `has a plural of its own where the noun has one`() {
        #expect("\(Counted(1, "process", plural: "processes"))" == "1 process")
        #expect("\(Counted(0, "process", plural: "processes"))" == "0 processes")
    }
}
