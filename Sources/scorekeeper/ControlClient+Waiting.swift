// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Client
import ControlAPI
import Foundation
import Vocabulary

extension ControlClient {
    /// Waits until what was deployed serves, telling each new word of progress unless told not to.
    ///
    /// Errors: `deploymentFailed` with the reason; `removed`; no server.
    func waitUntilServing(
        _ answer: DeployAnswer,
        tells: Bool = true
    ) async throws(Problem) -> DeploymentStatus {
        var watch = DeployWatch(answer)
        while true {
            switch watch.look(at: try await present(answer.key.endpoint)) {
            case .serving(let deployment): return deployment
            case .failed(let problem): throw problem
            case .onItsWay(let sentence):
                if tells, let sentence { Output.tell(sentence.printable) }
            }
            guard (try? await Task.sleep(for: .milliseconds(100))) != nil else {
                throw Problem(.failed, code: "cancelled", what: "was told to stop waiting")
            }
        }
    }

    /// The endpoint as it is now; nothing where there is none.
    func present(_ name: EndpointName) async throws(Problem) -> EndpointStatus? {
        do {
            return try await endpoint(name)
        } catch {
            guard error.kind == .notFound else { throw error }
            return nil
        }
    }
}
