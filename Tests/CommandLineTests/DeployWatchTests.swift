// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Client
import ControlAPI
import Testing
import Vocabulary

@Suite struct `Watching a deployment` {
    private let key: DeploymentKey
    private var watch: DeployWatch

    init() throws {
        key = DeploymentKey(endpoint: try BusyServer.name("iris"), deployment: .dropped)
        watch = DeployWatch(DeployAnswer(key: key, revision: Revision(number: 2), url: "http://x"))
    }

    private func endpoint(
        _ state: DeploymentStatus.State,
        revision: Int = 2,
        givenUp: Int? = nil,
        why: String = ""
    ) -> EndpointStatus {
        let serving = state.isAnswering ? 1 : 0
        var deployment = BusyServer.deployment(
            key,
            state,
            wanted: 1,
            serving: serving,
            revision: revision
        )
        deployment.why = why
        deployment.givenUp = givenUp.map { Revision(number: $0) }
        return BusyServer.endpoint(key, deployment)
    }

    @Test mutating func `tells each step once and ends when it serves`() {
        let looks = [
            nil, nil, endpoint(.building), endpoint(.building), endpoint(.starting),
            endpoint(.serving),
        ].map { watch.look(at: $0) }

        #expect(looks[0] == .onItsWay("waiting to be taken up"))
        #expect(looks[1] == .onItsWay(nil))
        #expect(looks[2] == .onItsWay("building its environment, 0 of 1 serving"))
        #expect(looks[3] == .onItsWay(nil))
        #expect(looks[4] == .onItsWay("starting, 0 of 1 serving"))
        #expect(looks[5] == .serving(endpoint(.serving).deployments[0]))
    }

    @Test mutating func `does not take the revision before for the one that is wanted`() {
        #expect(
            watch.look(at: endpoint(.serving, revision: 1)) == .onItsWay("waiting to be taken up")
        )
    }

    @Test mutating func `says how a paused rollout goes on`() {
        let paused = endpoint(.changing, why: "r2 is on its way in; its rollout is paused")

        #expect(
            watch.look(at: paused)
                == .onItsWay(
                    "replacing the revision before it, 1 of 1 serving: r2 is on its way in; its "
                        + "rollout is paused; 'scorekeeper rollout resume iris/default' lets it go on"
                )
        )
    }

    @Test mutating func `goes on while the revision before is replaced`() {
        #expect(
            watch.look(at: endpoint(.changing))
                == .onItsWay("replacing the revision before it, 1 of 1 serving")
        )
    }

    @Test(arguments: [DeploymentStatus.State.failed, .halted])
    mutating func `ends with the reason when the revision fails`(state: DeploymentStatus.State) {
        guard case .failed(let problem) = watch.look(at: endpoint(state, why: "no room")) else {
            Issue.record("it went on")
            return
        }

        #expect(problem.what.contains("no room"))
        #expect(CommandStatus(problem) == .failed)
    }

    @Test(arguments: [
        "no room", "see 'scorekeeper logs iris'", "see 'scorekeeper logs iris --all'",
    ])
    mutating func `names the log once where the reason names it`(why: String) {
        guard case .failed(let problem) = watch.look(at: endpoint(.failed, why: why)) else {
            Issue.record("it went on")
            return
        }

        #expect("\(problem.what) \(problem.remedy)".split(separator: "logs ").count == 2)
    }

    @Test(arguments: [DeploymentStatus.State.halted, .changing, .failed])
    mutating func `ends when a replacement is given up`(state: DeploymentStatus.State) {
        let look = endpoint(state, revision: 1, givenUp: 2, why: "r2 was given up: no wheels")

        guard case .failed(let problem) = watch.look(at: look) else {
            Issue.record("it went on")
            return
        }

        let words = "cannot serve 'iris/default' r2: r2 was given up: no wheels"
        #expect(problem.what.hasPrefix(words))
        #expect(problem.what.hasSuffix("; r1 goes on serving") == state.isAnswering)
    }

    @Test mutating func `ends well where what stands was asked for and a later one was given up`() {
        var stood = endpoint(.halted, revision: 2, givenUp: 3, why: "r3 was given up: no wheels")

        guard case .serving = watch.look(at: stood) else {
            Issue.record("it failed or went on")
            return
        }
        stood.deployments[0].serving = 0
        guard case .onItsWay = watch.look(at: stood) else {
            Issue.record("nothing serves")
            return
        }
    }

    @Test mutating func `goes on when only the revision before was given up`() {
        let look = endpoint(.building, revision: 2, givenUp: 1)

        #expect(watch.look(at: look) == .onItsWay("building its environment, 0 of 1 serving"))
    }

    @Test mutating func `ends when the endpoint is removed meanwhile`() {
        _ = watch.look(at: endpoint(.starting))

        guard case .failed(let problem) = watch.look(at: nil) else {
            Issue.record("it went on")
            return
        }

        #expect(problem.code == "removed")
    }
}
