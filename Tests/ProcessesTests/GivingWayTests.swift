// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLinux
import Foundation
import Glibc
import Testing
import Vocabulary
import Wire

@testable import Processes

@Suite struct `A start that gives way` {
    private func run(_ ordinal: Int) throws -> Run {
        let endpoint = try #require(EndpointName("iris"))
        let key = DeploymentKey(endpoint: endpoint, deployment: .dropped)
        return Run(instance: InstanceID(key: key, ordinal: ordinal), incarnation: 1)
    }

    @Test func `does so until it can answer`() throws {
        var givingWay = GivingWay(patience: .seconds(5))
        givingWay.begin(try run(1), now: .zero)
        #expect(givingWay.includes(try run(1)))

        #expect(givingWay.end(try run(1)))
        #expect(!givingWay.includes(try run(1)))
        #expect(!givingWay.end(try run(1)))
        #expect(givingWay.nextDeadline == .never)
    }

    @Test func `does so for a bounded time, so that a busy machine starts it too`() throws {
        var givingWay = GivingWay(patience: .seconds(5))
        givingWay.begin(try run(2), now: .zero)
        givingWay.begin(try run(1), now: .zero)
        givingWay.begin(try run(3), now: Moment.zero + .seconds(1))
        let deadline = givingWay.nextDeadline

        #expect(deadline == Moment.zero + .seconds(5))
        #expect(givingWay.overdue(now: deadline + .nanoseconds(-1)) == [])
        #expect(givingWay.overdue(now: deadline) == [try run(1), try run(2)])
        #expect(givingWay.nextDeadline == deadline + .seconds(1))
    }

    @Test(arguments: IsolationLevel.allCases)
    func `has all its threads count for the least until it can answer, and in full from then on`(
        level: IsolationLevel
    ) throws {
        let node = try TestNode(upTo: level)
        guard node.isolation == level, Weight.isTellable(at: level) else { return }
        var order = try node.order(Self.threads)
        order.givesWay = true

        let (held, lane) = try node.start(order)
        #expect(try lane.text() == "up")
        let before = try Weight(of: held.pid, in: node)
        try node.settle(.ready(order.run))
        let after = try Weight(of: held.pid, in: node)

        #expect(before.least >= 5)
        #expect(before.inFull == 0)
        #expect(after.least == 0)
        #expect(after.inFull >= 5)
    }

    @Test(arguments: IsolationLevel.allCases)
    func `is one whose order says so and no other`(level: IsolationLevel) throws {
        let node = try TestNode(upTo: level)
        guard node.isolation == level, Weight.isTellable(at: level) else { return }

        let (held, lane) = try node.start(try node.order(Self.threads))
        #expect(try lane.text() == "up")

        #expect(try Weight(of: held.pid, in: node).least == 0)
    }

    @Test(arguments: IsolationLevel.allCases)
    func `is forked so from a warmed parent, and one that is not is not`(
        level: IsolationLevel
    ) throws {
        let node = try TestNode(upTo: level)
        guard node.isolation == level, Weight.isTellable(at: level) else { return }
        let modules = ["xml.dom.minidom"]
        var patient = try node.pythonOrder(Self.threads, importing: modules)
        patient.givesWay = true
        let hurried = try node.pythonOrder(Self.threads, importing: modules)
        var late = try node.pythonOrder(Self.threads, importing: modules)
        late.givesWay = true

        var weights: [Weight] = []
        for order in [patient, hurried, late] {
            let (held, lane) = try node.start(order)
            #expect(try lane.text() == "up")
            #expect(held.isWarm)
            weights.append(try Weight(of: held.pid, in: node))
        }

        #expect(weights[0].inFull == 0 && weights[0].least >= 5)
        #expect(weights[1].least == 0 && weights[1].inFull >= 5)
        #expect(weights[2].inFull == 0 && weights[2].least >= 5)
    }

    @Test func `leaves no cgroup behind, whether it was ready or not`() throws {
        let node = try TestNode()
        var first = try node.order(Self.threads)
        first.givesWay = true
        var second = try node.order(Self.threads)
        second.givesWay = true
        for order in [first, second] {
            let (_, lane) = try node.start(order)
            #expect(try lane.text() == "up")
        }
        try node.settle(.ready(first.run))

        try node.send(.leave)
        node.process.waitUntilExit()

        let left = ControlGroupPlaces.read().flatMap(\.bases).flatMap { base in
            (try? FileManager.default.contentsOfDirectory(atPath: base)) ?? []
        }
        #expect(left.filter { $0.hasPrefix(node.cgroupName) } == [])
    }

    /// A process with a thread besides, and a child that has one too.
    private static let threads =
        speakOnLane + """
            import threading
            hold = threading.Event()
            threading.Thread(target=hold.wait, daemon=True).start()
            read, write = os.pipe()
            if os.fork() == 0:
                threading.Thread(target=hold.wait, daemon=True).start()
                os.write(write, b"x")
                hold.wait()
            os.read(read, 1)
            say("up")
            hold.wait()
            """
}

/// How many threads of a run count for the least that there is, and how many in full.
private struct Weight {
    var least = 0
    var inFull = 0

    /// Whether there is anything to tell: not for an ordinary user without cgroups.
    static func isTellable(at level: IsolationLevel) -> Bool {
        if level < .limited { return linux_may_give_way() == 1 }
        return ControlGroupPlaces.read().contains { place in
            place.kind == .cores && place.bases.contains { access("\($0)/cpu.idle", F_OK) == 0 }
        }
    }

    /// Counts the threads of the scorer and of the init that it is a child of.
    init(of scorer: Int32, in node: TestNode) throws {
        let root = try #require(ProcessFacts.read(scorer)).parent
        #expect(ProcessFacts.read(root)?.parent == node.process.processIdentifier)
        let tree = ProcessTree(root: root)
        for thread in tree.threads() {
            let isIdle = linux_gives_way(thread) == 1 || Self.isInIdleGroup(thread)
            if isIdle { least += 1 } else { inFull += 1 }
        }
    }

    private static func isInIdleGroup(_ thread: Int32) -> Bool {
        let places = ControlGroupPlaces.places(
            mounts: SmallFile.read("/proc/self/mountinfo") ?? "",
            membership: SmallFile.read("/proc/\(thread)/cgroup") ?? ""
        )
        guard let here = places.first(where: { $0.kind == .cores })?.bases.first else {
            return false
        }
        return ControlGroup.value("\(here)/cpu.idle") == "1"
    }
}

extension TestNode {
    /// Sends an order and waits until the node has carried it out.
    fileprivate func settle(_ order: NodeOrder) throws {
        try send(order)
        try send(.ask)
        while true {
            if case .here = try next().report { return }
        }
    }
}
