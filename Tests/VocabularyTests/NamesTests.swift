// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@Suite struct `An endpoint name` {
    @Test(arguments: ["iris", "a-b", "Abc", "x12", String(repeating: "a", count: 32)])
    func `is accepted when it follows Azure's rule`(text: String) {
        #expect(EndpointName(text)?.text == text)
    }

    @Test(arguments: [
        "", "ab", "m1", "3dcnn", "my_model", "my.model", "iris-", "-iris", "ïris", "..", "%2e%2e",
        String(repeating: "a", count: 33),
    ])
    func `is refused when it does not`(text: String) {
        #expect(EndpointName(text) == nil)
    }
}

@Suite struct `An instance's address` {
    @Test func `reads back what it writes`() throws {
        let endpoint = try #require(EndpointName("iris"))
        let id = InstanceID(
            key: DeploymentKey(endpoint: endpoint, deployment: .dropped),
            ordinal: 3
        )

        #expect(id.description == "iris/default/3")
        #expect(InstanceID(id.description) == id)
    }

    @Test(arguments: ["iris", "iris/default", "iris/default/0", "iris/default/x", "a/b/1", "//"])
    func `is refused when a part is missing or wrong`(text: String) {
        #expect(InstanceID(text) == nil)
    }
}
