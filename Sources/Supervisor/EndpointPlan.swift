// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Vocabulary

/// What a request wants an endpoint to be.
struct EndpointPlan {
    /// The endpoint.
    let name: EndpointName
    /// What a person should be told.
    let notices: [String]
    private let request: EndpointRequest

    /// Reads a request.
    ///
    /// Errors: `noName`; what the document's check would tell.
    init(_ request: EndpointRequest) throws(Problem) {
        guard let name = request.name else {
            throw Problem(
                .invalid,
                code: "noName",
                what: "no endpoint is named",
                remedy: "give its name with -n, or name a document with -f"
            )
        }
        self.name = name
        self.request = request
        self.notices =
            request.mode == .update
            ? [] : ["'\(name)' asks nobody for a key yet: whoever reaches the port can score"]
    }

    /// The endpoint's document, which keeps what the request leaves open.
    func document(over present: EndpointDocument) -> EndpointDocument {
        var document = present
        if let traffic = request.traffic { document.traffic = traffic }
        if let mirror = request.mirrorTraffic { document.mirrorTraffic = mirror }
        return document
    }
}
