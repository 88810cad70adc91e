// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@testable import Manifests

@Suite struct `A folder's name` {
    @Test(arguments: [
        ("iris", "iris"), ("my_model", "my-model"), ("m1", "m1-model"), ("3dcnn", "m-3dcnn"),
        ("my.model", "my-model"), ("7", "m-7"), ("x", "x-model"), ("_a__b_", "a-b"),
        ("Iris v2 (final)", "Iris-v2-final"), ("größe", "gr-e"), ("a-", "a-model"),
        ("2024-01-01", "m-2024-01-01"),
    ])
    func `stands for an endpoint by a fixed rule`(_ folder: String, _ endpoint: String) throws {
        let naming = try #require(EndpointNaming(folder: folder))

        #expect(naming.endpoint.text == endpoint)
        #expect(naming.isChanged == (folder != endpoint))
    }

    @Test func `of forty characters is cut and kept apart from others that begin alike`() throws {
        let stem = String(repeating: "a", count: 39)
        let first = try #require(EndpointNaming(folder: stem + "1"))
        let second = try #require(EndpointNaming(folder: stem + "2"))

        #expect(first.endpoint.text.hasPrefix(String(repeating: "a", count: 23) + "-"))
        #expect(first.endpoint.text.utf8.count == 32)
        #expect(first.endpoint != second.endpoint)
        // The rule is a promise: the same folder has the same endpoint in every version.
        #expect(first.endpoint.text == "aaaaaaaaaaaaaaaaaaaaaaa-b920ec49")
    }

    @Test func `without a letter or digit stands for none`() {
        for folder in ["", "___", "模型", "..."] { #expect(EndpointNaming(folder: folder) == nil) }
    }

    @Test func `row 43, whatever it is, stands for a legal name or none`() {
        var random = Mutations(seed: 3)
        for _ in 0..<2_000 {
            let bytes = random.mutated(Array("my_Model-3 (größe).v1".utf8))
            let folder = String(decoding: bytes, as: UTF8.self)
            if let naming = EndpointNaming(folder: folder) {
                #expect(EndpointName.isLegal(naming.endpoint.text))
                #expect(EndpointNaming(folder: folder) == naming)
            }
        }
    }

    @Test func `that stands for another's endpoint is refused with the other`() {
        let (names, problems) = EndpointNaming.names(of: [
            "wine", "my_model", "my.model", "IRIS", "iris", "___",
        ])

        #expect(names.map(\.folder) == ["wine"])
        #expect(problems.map(\.folder) == ["IRIS", "___", "iris", "my.model", "my_model"])
        #expect(problems.last?.problem.what.contains("so does 'my.model'") == true)
    }
}
