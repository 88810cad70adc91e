// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Client
import Testing
import Vocabulary

@Suite struct `Traffic on a command line` {
    @Test(arguments: [
        ("blue=90 green=10", ["blue": 90, "green": 10]), ("blue=100", ["blue": 100]),
        ("blue=50,green=50", ["blue": 50, "green": 50]), ("", [:]), ("blue=-5", ["blue": -5]),
    ])
    func `is read as shares by deployment`(text: String, shares: [String: Int]) throws {
        #expect(try TrafficText.percents(text, of: "--traffic") == shares)
    }

    @Test(arguments: ["blue", "blue=", "=5", "blue=ten", "blue=1=2", "b!=5", "blue=1 blue=2"])
    func `is refused where it is none, naming the part and the option`(text: String) {
        let problem = #expect(throws: Problem.self) {
            try TrafficText.percents(text, of: "--traffic")
        }

        #expect(problem?.code == "traffic")
        #expect(problem?.what.contains("--traffic") == true)
    }

    @Test func `is written in order of name, without those who get nothing`() {
        let text = TrafficText.text(["green": 10, "blue": 90, "grey": 0])

        #expect(text == "blue=90 green=10")
        #expect(TrafficText.text([:]) == "-")
    }
}
