// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Vocabulary

/// A request to a scoring URI.
public struct ScoringCall: Sendable {
    private let peer: HTTPExchange.Peer
    private let exchange: HTTPExchange

    /// Makes a call of `url` with a body.
    ///
    /// Errors: `scoringURI` for a URL that is not plain HTTP with a host.
    public init(
        url: String,
        body: Data,
        contentType: String,
        deployment: DeploymentName?
    ) throws(Problem) {
        guard let parts = URLComponents(string: url), parts.scheme == "http",
            let host = parts.host, !host.isEmpty
        else {
            throw Problem(
                .invalid,
                code: "scoringURI",
                what: "cannot call '\(url.printable)': it is not an http:// address"
            )
        }
        let bare = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        let port = parts.port ?? 80
        peer = .tcp(host: bare, port: port)
        var headers = [
            (name: "host", value: "\(host):\(port)"),
            (name: "content-type", value: contentType),
            (name: "accept", value: "*/*"),
        ]
        if let deployment {
            headers.append((name: "azureml-model-deployment", value: deployment.text))
        }
        let path = parts.percentEncodedPath.isEmpty ? "/" : parts.percentEncodedPath
        exchange = HTTPExchange("POST", path, headers: headers, body: body)
    }

    /// Sends it and waits for the whole answer.
    public func send() async throws(Problem) -> HTTPExchange.Answer {
        try await exchange.ask(peer)
    }
}
