// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@testable import Processes

@Suite struct `Warmed parents` {
    private func run(_ ordinal: Int) throws -> Run {
        let endpoint = try #require(EndpointName("iris"))
        let key = DeploymentKey(endpoint: endpoint, deployment: .dropped)
        return Run(instance: InstanceID(key: key, ordinal: ordinal), incarnation: 1)
    }

    @Test func `start with the first run that wants one, and fork all who waited`() throws {
        var parents = WarmedParents()
        let (one, two, three) = (try run(1), try run(2), try run(3))

        #expect(parents.decide(.wanted("e", one), now: .zero) == [.startParent("e")])
        #expect(parents.decide(.wanted("e", two), now: .zero) == [])
        #expect(parents.decide(.warmed("e"), now: .zero) == [.fork("e", one), .fork("e", two)])
        #expect(parents.decide(.wanted("e", three), now: .zero) == [.fork("e", three)])
        #expect(parents.decide(.wanted("f", one), now: .zero) == [.startParent("f")])
    }

    @Test func `that die cost nobody a run`() throws {
        var parents = WarmedParents()
        let (one, two) = (try run(1), try run(2))
        _ = parents.decide(.wanted("e", one), now: .zero)
        _ = parents.decide(.wanted("e", two), now: .zero)

        let effects = parents.decide(.ended("e", "it was shot"), now: .zero)

        #expect(Array(effects.dropFirst()) == [.startCold(one), .startCold(two)])
        guard case .notice(let text) = effects.first else {
            Issue.record("no notice")
            return
        }
        #expect(text.contains("it was shot"))
    }

    @Test func `that are there again take down what was said of their going`() throws {
        var parents = WarmedParents()
        _ = parents.decide(.wanted("e", try run(1)), now: .zero)
        guard case .notice(let text) = parents.decide(.ended("e", "no room"), now: .zero).first
        else {
            Issue.record("no notice")
            return
        }
        let later = Moment.zero + .seconds(10)
        _ = parents.decide(.wanted("e", try run(2)), now: later)

        let effects = parents.decide(.warmed("e"), now: later)

        #expect(effects == [.settled(text), .fork("e", try run(2))])
        _ = parents.decide(.ended("e", "once more"), now: later)
    }

    @Test func `that fail are left alone, longer each time, until one run was forked`() throws {
        var parents = WarmedParents()
        var now = Moment.zero
        for seconds in [10, 20, 40, 80, 160, 320, 640, 640] {
            #expect(parents.decide(.wanted("e", try run(1)), now: now) == [.startParent("e")])
            _ = parents.decide(.ended("e", "again"), now: now)
            now = now + .seconds(seconds) + .nanoseconds(-1)
            #expect(parents.decide(.wanted("e", try run(1)), now: now) == [.startCold(try run(1))])
            now = now + .nanoseconds(1)
        }

        _ = parents.decide(.wanted("e", try run(1)), now: now)
        _ = parents.decide(.warmed("e"), now: now)
        _ = parents.decide(.started(try run(1)), now: now)
        _ = parents.decide(.ended("e", "once more"), now: now)

        now = now + .seconds(10)
        #expect(parents.decide(.wanted("e", try run(1)), now: now) == [.startParent("e")])
    }

    @Test func `that hang over their imports or over a fork are ended`() throws {
        var parents = WarmedParents()
        _ = parents.decide(.wanted("e", try run(1)), now: .zero)
        let imports = parents.nextDeadline
        #expect(parents.decide(.tick, now: imports + .nanoseconds(-1)) == [])
        let late = parents.decide(.tick, now: imports)
        #expect(late.first == .endParent("e"))
        #expect(late.last == .startCold(try run(1)))

        let again = imports + .seconds(100)
        _ = parents.decide(.wanted("e", try run(2)), now: again)
        _ = parents.decide(.warmed("e"), now: again)
        let fork = parents.nextDeadline
        #expect(fork == again + WarmedParents.forkPatience)
        #expect(parents.decide(.tick, now: fork).first == .endParent("e"))
        #expect(parents.nextDeadline == .never)
    }

    @Test func `forget a run that nobody wants any more`() throws {
        var parents = WarmedParents()
        _ = parents.decide(.wanted("e", try run(1)), now: .zero)
        _ = parents.decide(.dropped(try run(1)), now: .zero)

        #expect(parents.decide(.warmed("e"), now: .zero) == [])
    }

    @Test func `are let go with whoever waited started cold`() throws {
        var parents = WarmedParents()
        _ = parents.decide(.wanted("e", try run(1)), now: .zero)

        #expect(
            parents.decide(.cool("e"), now: .zero) == [.endParent("e"), .startCold(try run(1))]
        )
        #expect(parents.decide(.cool("e"), now: .zero) == [])
        #expect(parents.decide(.ended("e", "let go"), now: .zero) == [])
    }
}
