// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import scorekeeper

@Suite struct `The commands for a scorer of one's own` {
    @Test(arguments: [["conformance"], ["debug", "--scorer"]])
    func `leave with 4 where the program is not there`(verb: [String]) throws {
        let run = try CommandRun(arguments: verb + ["./nowhere"])

        #expect(run.status == 4)
        #expect(
            run.complaints == """
                scorekeeper: cannot find the scorer './nowhere'; name a program that is there

                """
        )
    }

    @Test(arguments: [["conformance"], ["debug", "--scorer"]])
    func `leave with 2 where the program cannot be run`(verb: [String]) throws {
        let run = try CommandRun(arguments: verb + ["/etc/passwd"])

        #expect(run.status == 2)
        #expect(run.complaints.contains("'chmod +x' makes a script one"))
    }

    @Test func `leave with 64 where the arguments are none`() throws {
        #expect(try CommandRun("conformance").status == 64)
        #expect(try CommandRun("conformance", "/bin/true", "--calls", "0").status == 64)
        #expect(try CommandRun("debug").status == 64)
        #expect(try CommandRun("debug", "score.py", "--scorer", "./a").status == 64)
        #expect(try CommandRun("debug", "--scorer", "./a", "--under", "lldb").status == 64)
    }

    @Test func `tell of a program that is no scorer which sentence it breaks`() throws {
        let run = try CommandRun("conformance", "/bin/true")

        #expect(run.status == 1)
        #expect(run.output.contains("✗  1  takes the gateway's greeting"))
        #expect(run.output.contains("seen: it left with status 0"))
        #expect(run.output.contains("do:   attach to the socket on descriptor 3"))
        #expect(run.output.contains("·  2  says that it is ready (not reached: it needs "))
    }

    @Test func `tell it to programs too`() throws {
        let run = try CommandRun("conformance", "/bin/true", "--output", "json")
        let report = try JSONSerialization.jsonObject(with: Data(run.output.utf8))
        let sentences = try #require((report as? [String: Any])?["sentences"] as? [[String: Any]])

        #expect(run.status == 1)
        #expect(sentences.first?["verdict"] as? String == "broken")
        #expect(sentences.first?["number"] as? Int == 1)
        #expect(sentences.last?["verdict"] as? String == "not reached")
    }

    @Test func `show a broken scorer's own last line`() throws {
        let run = try CommandRun("conformance", "/bin/sh", "--", "-c", "echo no model; exit 7")

        #expect(run.output.contains("it left with status 7"))
        #expect(run.output.contains("it wrote: no model"))
    }
}

@Suite struct `A scorer that is debugged` {
    private func restarts(isUnderTool: Bool = false) -> ScorerRestarts {
        var restarts = ScorerRestarts(name: "./a", isUnderTool: isUnderTool)
        #expect(restarts.begin() == [.start])
        return restarts
    }

    @Test func `is started again when it dies`() {
        var restarts = restarts()
        _ = restarts.decide(.ready)

        let actions = restarts.decide(.ended("was ended by signal 11", after: .seconds(5)))

        #expect(actions == [.tell("'./a' was ended by signal 11; it is started again"), .start])
    }

    @Test func `that dies at once is started again after a second`() {
        var restarts = restarts()
        _ = restarts.decide(.ready)

        let actions = restarts.decide(.ended("left with status 1", after: .milliseconds(10)))

        #expect(actions.last == .startAfterPause)
        #expect(restarts.decide(.paused) == [.start])
    }

    @Test func `that was never ready waits for its file to change`() {
        var restarts = restarts()

        let actions = restarts.decide(.ended("left with status 1", after: .seconds(5)))

        #expect(
            actions == [
                .tell(
                    "'./a' left with status 1 before it was ready; it is started again when it changes"
                )
            ]
        )
        #expect(restarts.decide(.changed).last == .start)
    }

    @Test func `whose file changed is ended and started again`() {
        var restarts = restarts()
        _ = restarts.decide(.ready)

        let words = "'./a' has changed; it is started again"
        #expect(restarts.decide(.changed) == [.tell(words), .end])
        #expect(restarts.decide(.ended("was ended by signal 9", after: .zero)) == [.start])
    }

    @Test func `that closed its lane is ended and started again`() {
        var restarts = restarts()

        let actions = restarts.decide(.ejected("it lied"))

        #expect(actions == [.tell("its lane ended: it lied"), .end])
        #expect(restarts.decide(.ended("was ended by signal 9", after: .zero)).last == .start)
    }

    @Test func `under a tool ends with the tool, and with nothing else`() {
        var restarts = restarts(isUnderTool: true)

        #expect(restarts.decide(.changed).isEmpty)
        #expect(restarts.decide(.ejected("it lied")) == [.tell("its lane ended: it lied")])
        #expect(restarts.decide(.ended("left with status 0", after: .zero)).last == .leave)
    }
}
