// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Manifests
import Testing
import Vocabulary

@testable import Supervisor

@Suite struct `Another name that is set over what is declared` {
    private func refusal(_ text: String) throws -> Problem? {
        let override = try ManifestOverride(text)
        do throws(Problem) {
            try ManifestOverride.refuseRenaming(
                [override],
                of: ["name": "blue", "endpoint_name": "iris"]
            )
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: ["name=green", "endpoint_name=other", "name='green'"])
    func `is refused, and another is to be created`(text: String) throws {
        let problem = try #require(try refusal(text))

        #expect(problem.code == "identity")
        #expect(problem.what.hasPrefix("cannot change '"))
        #expect(problem.remedy.hasPrefix("create another"))
    }

    @Test(arguments: ["name=blue", "name='blue'", "endpoint_name=iris", "tags.name=green"])
    func `is none where it is the same, or names something else`(text: String) throws {
        #expect(try refusal(text) == nil)
    }

    @Test func `is refused of an endpoint, which would be another's`() throws {
        let iris = try #require(EndpointName("iris"))
        var request = EndpointRequest(mode: .update, name: iris)
        request.overrides = ["name=other"]

        #expect(throws: Problem.self) {
            try EndpointPlan(request, over: EndpointDocument(name: iris))
        }
    }
}
