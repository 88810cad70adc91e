// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary
import Wire

@testable import Processes

/// An inventory with the shorthand of these tests.
private struct Bench {
    var inventory: NodeInventory
    var now = Moment.zero

    init() throws {
        let greeting = NodeHello(
            name: NodeName(number: 1),
            pid: 7,
            millicores: 1_000,
            memoryBytes: 1 << 30,
            isolation: .process,
            isolationReasons: []
        )
        inventory = NodeInventory(greeting: greeting, grace: .seconds(10), now: .zero)
    }

    mutating func after(_ event: NodeInventory.Event) -> [String] {
        inventory.decide(event, now: now).map(Self.words)
    }

    /// An effect as a short word, so that whole answers can be compared.
    private static func words(_ effect: NodeInventory.Effect) -> String {
        switch effect {
        case .start(let order): "start \(order.run.short)"
        case .end(let run): "end \(run.short)"
        case .countInFull(let run): "count \(run.short) in full"
        case .cool(let environment): "cool \(environment)"
        case .leave: "leave"
        case .tell(let report): "tell \(words(report))"
        case .tellWithLane(let report, let run): "tell \(words(report)) with lane of \(run.short)"
        }
    }

    private static func words(_ report: NodeReport) -> String {
        switch report {
        case .hello: "hello"
        case .holding(let held): "holding \(held.run.short) pid \(held.pid)"
        case .starting(let run): "starting \(run.short)"
        case .helloEnd: "hello end"
        case .spawned(let held): "spawned \(held.run.short)"
        case .refused(let run, let problem): "refused \(run.short): \(problem.code)"
        case .exited(let run, let exit): "exited \(run.short): \(exit)"
        case .lane(let run): "lane \(run.short)"
        case .inFull(let run): "\(run.short) in full"
        case .notice(let text): "notice \(text)"
        case .here: "here"
        }
    }

    func run(_ ordinal: Int, _ incarnation: Int = 1) throws -> Run {
        let endpoint = try #require(EndpointName("iris"))
        let key = DeploymentKey(endpoint: endpoint, deployment: .dropped)
        return Run(instance: InstanceID(key: key, ordinal: ordinal), incarnation: incarnation)
    }

    func spawn(_ run: Run) -> NodeInventory.Event {
        .ordered(
            .spawn(
                SpawnOrder(
                    run: run,
                    program: .native(path: "/bin/true", arguments: []),
                    variables: [:],
                    readable: [],
                    instanceType: .shared,
                    isNetworkAllowed: false,
                    minimumIsolation: .process,
                    logPath: ""
                )
            )
        )
    }

    func started(_ run: Run) -> NodeInventory.Event {
        .started(HeldRun(run: run, pid: 42, isolation: .process, isWarm: false))
    }
}

extension Run {
    fileprivate var short: String { "\(instance.ordinal)#\(incarnation)" }
}

private let left = ExitReport(cause: .exited(status: 3))

@Suite struct `A node's inventory` {
    @Test func `tells of a start with the lane and of an end once`() throws {
        var bench = try Bench()
        let run = try bench.run(1)
        _ = bench.after(.supervisorArrived)

        #expect(bench.after(bench.spawn(run)) == ["start 1#1"])
        #expect(bench.after(bench.started(run)) == ["tell spawned 1#1 with lane of 1#1"])
        #expect(bench.after(.ended(run, left)) == ["tell exited 1#1: left with status 3"])
        #expect(bench.after(.ended(run, left)) == [])
    }

    @Test func `has what it holds count in full once it can answer, and nothing else`() throws {
        var bench = try Bench()
        let run = try bench.run(1)
        _ = bench.after(.supervisorArrived)
        _ = bench.after(bench.spawn(run))
        _ = bench.after(bench.started(run))

        #expect(bench.after(.ordered(.ready(run))) == ["count 1#1 in full", "tell 1#1 in full"])
        #expect(bench.after(.ordered(.ready(try bench.run(1, 2)))) == [])
        _ = bench.after(.ended(run, left))
        #expect(bench.after(.ordered(.ready(run))) == [])
    }

    @Test func `answers whoever asks whether it is there`() throws {
        var bench = try Bench()
        _ = bench.after(.supervisorArrived)

        #expect(bench.after(.ordered(.ask)) == ["tell here"])
    }

    @Test func `refuses a run that it holds, that has ended, and any while it leaves`() throws {
        var bench = try Bench()
        let run = try bench.run(1)
        _ = bench.after(.supervisorArrived)
        _ = bench.after(bench.spawn(run))

        #expect(bench.after(bench.spawn(run)) == ["tell refused 1#1: alreadyHeld"])
        _ = bench.after(.ended(run, left))
        #expect(bench.after(bench.spawn(run)) == ["tell refused 1#1: alreadyEnded"])
        #expect(bench.after(.ordered(.leave)) == ["leave"])
        #expect(bench.after(bench.spawn(try bench.run(2))) == ["tell refused 2#1: nodeLeaving"])
    }

    @Test func `greets with all it holds, in order, and every exit that may be unheard of`() throws
    {
        var bench = try Bench()
        let (one, two, three) = (try bench.run(1), try bench.run(2), try bench.run(3))
        _ = bench.after(.supervisorArrived)
        for run in [three, one, two] { _ = bench.after(bench.spawn(run)) }
        _ = bench.after(bench.started(three))
        _ = bench.after(bench.started(one))
        _ = bench.after(.ended(one, left))
        _ = bench.after(.supervisorLeft)

        #expect(
            bench.after(.supervisorArrived) == [
                "tell hello", "tell starting 2#1", "tell holding 3#1 pid 42",
                "tell exited 1#1: left with status 3", "tell hello end",
            ]
        )
    }

    @Test func `sends a lane again once there is a process, and never a lane without one`() throws {
        var bench = try Bench()
        let run = try bench.run(1)
        _ = bench.after(.supervisorArrived)
        _ = bench.after(bench.spawn(run))

        #expect(bench.after(.ordered(.lane(run))) == [])
        #expect(bench.after(bench.started(run)) == ["tell spawned 1#1 with lane of 1#1"])
        #expect(bench.after(.ordered(.lane(run))) == ["tell lane 1#1 with lane of 1#1"])
    }

    @Test func `keeps what happens while nobody listens`() throws {
        var bench = try Bench()
        let run = try bench.run(1)
        _ = bench.after(.supervisorArrived)
        _ = bench.after(bench.spawn(run))
        _ = bench.after(.supervisorLeft)

        #expect(bench.after(bench.started(run)) == [])
        #expect(bench.after(.ended(run, left)) == [])
        #expect(
            bench.after(.supervisorArrived).contains("tell exited 1#1: left with status 3")
        )
    }

    @Test func `forgets an exit when a later life of the instance begins`() throws {
        var bench = try Bench()
        _ = bench.after(.supervisorArrived)
        for run in [try bench.run(1), try bench.run(2)] {
            _ = bench.after(bench.spawn(run))
            _ = bench.after(.ended(run, left))
        }

        _ = bench.after(bench.spawn(try bench.run(1, 2)))
        let greeting = bench.after(.supervisorArrived)

        #expect(!greeting.contains { $0.hasPrefix("tell exited 1#1") })
        #expect(greeting.contains { $0.hasPrefix("tell exited 2#1") })
    }

    @Test func `answers orders about runs that it does not hold`() throws {
        var bench = try Bench()
        let run = try bench.run(9)
        _ = bench.after(.supervisorArrived)

        #expect(bench.after(.ordered(.end(run))) == ["tell exited 9#1: was lost with its node"])
        #expect(bench.after(.ordered(.lane(run))) == ["tell refused 9#1: notHeld"])
        #expect(
            bench.after(.started(HeldRun(run: run, pid: 1, isolation: .process, isWarm: false)))
                == []
        )
    }

    @Test func `takes a notice down, unless something else was said since`() throws {
        var bench = try Bench()
        _ = bench.after(.supervisorArrived)
        _ = bench.after(.noticed("a"))
        let taken = bench.after(.settled("a"))
        _ = bench.after(.noticed("b"))

        #expect(taken == ["tell notice "])
        #expect(bench.after(.settled("a")) == [])
    }

    @Test func `leaves only when the last tree is gone`() throws {
        var bench = try Bench()
        let (one, two) = (try bench.run(1), try bench.run(2))
        _ = bench.after(.supervisorArrived)
        for run in [one, two] { _ = bench.after(bench.spawn(run)) }

        #expect(bench.after(.ordered(.leave)) == ["end 1#1", "end 2#1"])
        #expect(bench.after(.ended(two, left)) == ["tell exited 2#1: left with status 3"])
        #expect(bench.after(.ended(one, left)).last == "leave")
    }

    @Test func `leaves when no supervisor came back in time, and not before`() throws {
        var bench = try Bench()
        _ = bench.after(.supervisorArrived)
        bench.now = bench.now + .seconds(99)
        #expect(bench.after(.tick) == [])

        _ = bench.after(.supervisorLeft)
        bench.now = bench.now + .milliseconds(9_999)
        #expect(bench.after(.tick) == [])
        bench.now = bench.now + .milliseconds(1)

        #expect(bench.after(.tick) == ["leave"])
        #expect(bench.after(.tick) == [])
    }
}
