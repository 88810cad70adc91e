// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Testing
import Vocabulary

@Suite struct `A deployment's state in Azure's words` {
    private func state(isUndone: Bool?, _ state: DeploymentStatus.State) throws -> String {
        let key = DeploymentKey(endpoint: try BusyServer.name("iris"), deployment: .dropped)
        var status = BusyServer.deployment(key, state, wanted: 2, serving: 2)
        status.givenUp = Revision(number: 2)
        status.isUndone = isUndone
        return OnlineDeployment(status, of: key.endpoint).provisioningState
    }

    @Test func `is one of success where somebody undid what is newer`() throws {
        #expect(try state(isUndone: true, .halted) == "Succeeded")
    }

    @Test func `is one of failure where the server gave up what is newer`() throws {
        #expect(try state(isUndone: nil, .halted) == "Failed")
        #expect(try state(isUndone: true, .failed) == "Failed")
    }
}
