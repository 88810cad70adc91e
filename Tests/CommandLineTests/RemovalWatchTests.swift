// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Client
import ControlAPI
import Testing
import Vocabulary

@Suite struct `Watching an endpoint go` {
    private let key: DeploymentKey
    private let watch: RemovalWatch

    init() throws {
        key = DeploymentKey(endpoint: try BusyServer.name("iris"), deployment: .dropped)
        watch = RemovalWatch(key.endpoint)
    }

    private func endpoint(_ state: DeploymentStatus.State) -> EndpointStatus {
        let deployment = BusyServer.deployment(key, state, wanted: 1, serving: 1, revision: 2)
        return BusyServer.endpoint(key, deployment)
    }

    @Test func `ends once it is not there any more`() throws {
        #expect(try watch.isOver(at: endpoint(.removing)) == false)
        #expect(try watch.isOver(at: nil))
    }

    @Test(arguments: DeploymentStatus.State.allCases.filter { $0 != .removing })
    func `ends with the reason where it was deployed again`(state: DeploymentStatus.State) {
        let problem = #expect(throws: Problem.self) { try watch.isOver(at: endpoint(state)) }

        #expect(problem?.code == "deployedAgain")
    }
}
