// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Rulebook
import Testing
import Vocabulary

@Suite struct `A decision about one deployment` {
    @Test func `changes what is kept of that deployment alone`() throws {
        var stage = try crowd(of: 20)
        let run = Run(instance: InstanceID(key: key(7), ordinal: 1), incarnation: 1)

        let proposal = stage.rulebook.consider(
            .exited(run, ExitReport(cause: .signalled(9))),
            at: stage.now
        )
        let changes = stage.rulebook.changes(by: proposal)
        stage.rulebook.accept(proposal)

        let names = changes.all.map { "\($0.id.kind) \($0.id.name)" }
        #expect(names == ["deployment \(key(7))", "published \(key(7).endpoint)"])
        #expect(proposal.decision.effects.count == 3)
    }

    @Test func `about its traffic changes what is kept of its endpoint alone`() throws {
        let stage = try crowd(of: 20)
        let traffic = TrafficDeclaration(
            endpoint: key(3).endpoint,
            live: [TrafficDeclaration.Share(key(3).deployment, percent: 100)]
        )

        let proposal = stage.rulebook.consider(.trafficDeclared(traffic), at: stage.now)

        let ids = stage.rulebook.changes(by: proposal).all.map(\.id)
        #expect(ids.map(\.kind) == [.traffic])
        #expect(ids.map(\.name) == [key(3).endpoint.text])
    }

    @Test func `is the same however many others there are, but for those whose time has come`()
        throws
    {
        var stage = try crowd(of: 5)
        let all = stage.rulebook
        let other = Run(instance: InstanceID(key: key(2), ordinal: 1), incarnation: 1)
        // It served for no minute: its second death has it wait.
        stage.play(.exited(other, ExitReport(cause: .signalled(9))))
        stage.hear(
            .exited(
                Run(instance: other.instance, incarnation: 2),
                ExitReport(cause: .signalled(9))
            )
        )
        let due = try #require(stage.rulebook.nextDeadline)

        let before = stage.rulebook.consider(.rolloutPaused(key(4)), at: stage.now)
        let after = stage.rulebook.consider(.tick, at: due)

        #expect(before.decision.refusal?.code == "nothingRolls")
        #expect(after.decision.instances == [other.instance])
        let alone = all.consider(.withdrawn(key(4)), at: stage.now).decision
        #expect(alone.effects == [.unpublish(key(4).endpoint), .drain(run(4))])
    }

    @Test func `leaves it known when time alone changes something, of it and of the others`()
        throws
    {
        var stage = try crowd(of: 5)
        for number in [2, 4] {
            // It served for no minute: its second death has it wait.
            for incarnation in 1...2 {
                let run = Run(
                    instance: InstanceID(key: key(number), ordinal: 1),
                    incarnation: incarnation
                )
                stage.hear(.exited(run, ExitReport(cause: .signalled(9))))
                if incarnation == 1 { stage.pass(.milliseconds(10)) }
            }
        }
        let parts = RulebookChanges(replacingBy: stage.rulebook).all.compactMap(\.part)

        let later = stage.rulebook.nextDeadline
        stage.play(.withdrawn(key(2)))
        let latest = stage.rulebook.nextDeadline

        #expect(later == Rulebook(parts).nextDeadline)
        #expect(try #require(later) < #require(latest))
    }

    @Test func `remembers as much of the others as one about all, whatever holds nothing`()
        throws
    {
        let half = InstanceType(
            name: "half",
            millicores: 2_000,
            memoryBytes: 1 << 30,
            isExemptFromSurge: true
        )
        let whole = InstanceType(
            name: "whole",
            millicores: 4_000,
            memoryBytes: 1 << 30,
            isExemptFromSurge: true
        )
        var stage = Stage(nodes: 2, millicores: 4_000)
        stage.play(.declared(declaration(1, type: whole)))
        // Both stand on one node, and a place on the other was looked for in vain.
        stage.play(.declared(declaration(2, instances: 2, type: half)))
        stage.pass(.seconds(120))
        stage.hear(.declared(declaration(3)))
        let problem = Problem(.failed, code: "build", what: "cannot build its environment")
        stage.hear(.preparationFailed(key(3), Revision(number: 1), problem))
        let event = Event.declared(declaration(2, revision: 2, instances: 2, type: half))

        var (some, all) = (stage.rulebook, stage.rulebook)
        some.accept(some.consider(event, at: stage.now))
        all.accept(all.considerAll(event, at: stage.now, by: .standard))

        #expect(some != stage.rulebook)
        #expect(some == all)
    }
}

@Suite struct `A decision that gives room back` {
    @Test func `lets another endpoint have it that waits for it`() throws {
        let type = InstanceType(
            name: "large",
            millicores: 4_000,
            memoryBytes: 1 << 30,
            isExemptFromSurge: true
        )
        var stage = Stage(nodes: 1, millicores: 8_000)
        stage.play(.declared(declaration(1, type: type)))
        stage.play(.declared(declaration(2, type: type)))
        // All is taken: a new revision has no place to prove itself in.
        stage.play(.declared(declaration(1, revision: 2, type: type)))
        let waiting = stage.rulebook.status.deployments.first?.incoming

        let decisions = stage.playAll(.withdrawn(key(2)))

        #expect(waiting == Revision(number: 2))
        #expect(decisions.flatMap(\.instances).contains { $0.key == key(1) })
        #expect(stage.rulebook.status.deployments.map(\.current) == [Revision(number: 2)])
    }
}

@Suite struct `The pieces of a rulebook` {
    @Test func `make the rulebook again, in whatever order they come`() throws {
        let stage = try crowd(of: 9)
        let parts = RulebookChanges(replacingBy: stage.rulebook).all.compactMap(\.part)

        let read = try parts.reversed().map {
            try JSONDecoder().decode(RulebookPart.self, from: JSONEncoder().encode($0))
        }

        #expect(Rulebook(read) == stage.rulebook)
    }

    @Test func `are gone with what was deleted, but for its numbers`() throws {
        var stage = try crowd(of: 3)
        var kept = Kept(stage.rulebook)

        for event in [Event.withdrawn(key(2)), .declared(declaration(2, revision: 2))] {
            var todo = [event]
            while !todo.isEmpty {
                let proposal = stage.rulebook.consider(todo.removeFirst(), at: stage.now)
                kept.take(stage.rulebook.changes(by: proposal))
                stage.rulebook.accept(proposal)
                todo += stage.answers(to: proposal.decision.effects)
                #expect(kept.rulebook == stage.rulebook)
            }
            let names = kept.parts.keys.filter { $0.name == "\(key(2))" }.map(\.kind).sorted()
            let isGone = event == .withdrawn(key(2))
            #expect(names == (isGone ? [.departed] : [.deployment, .pledge]))
        }
    }
}

/// What is kept of a rulebook, piece by piece.
private struct Kept {
    var parts: [RulebookPart.ID: RulebookPart] = [:]

    init(_ rulebook: Rulebook) { take(RulebookChanges(replacingBy: rulebook)) }

    mutating func take(_ changes: RulebookChanges) {
        for change in changes.all { parts[change.id] = change.part }
    }

    var rulebook: Rulebook { Rulebook(parts.values) }
}

private func key(_ number: Int) -> DeploymentKey {
    guard let id = InstanceID("crowd-\(number)/default/1") else { fatalError("no such name") }
    return id.key
}

private func run(_ number: Int) -> Run {
    Run(instance: InstanceID(key: key(number), ordinal: 1), incarnation: 1)
}

private func declaration(
    _ number: Int,
    revision: Int = 1,
    instances: Int = 1,
    type: InstanceType = .shared
) -> DeploymentDeclaration {
    DeploymentDeclaration(
        key: key(number),
        revision: Revision(number: revision),
        instances: instances,
        instanceType: type,
        environment: "environment",
        model: "model"
    )
}

/// So many endpoints that serve.
private func crowd(of count: Int) throws -> Stage {
    var stage = Stage(nodes: 2)
    for number in 1...count { stage.play(.declared(declaration(number))) }
    for number in 1...count { try #require(stage.rulebook.mayBeAlive(run(number))) }
    return stage
}
