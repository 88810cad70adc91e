// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client
import Foundation
import Vocabulary

/// `scorekeeper explain`.
struct Explain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tells why an instance is in the state it is in.",
        discussion: """
            The journal keeps each decision with what happened and the reason. An endpoint's name \
            alone explains each of its instances.

            EXAMPLE
              scorekeeper explain iris/default/1
            """
    )

    @Argument(help: "ENDPOINT/DEPLOYMENT/NUMBER, as 'scorekeeper status' shows it, or ENDPOINT.")
    var instance: String

    @OptionGroup var server: StateOptions
    @OptionGroup var format: OutputOptions

    func run() async throws {
        let stories = try await instances().asyncMap { try await server.client.explain($0) }
        switch format.output {
        case .json: try Output.print(json: stories)
        case .table:
            let reports = stories.map { ExplanationReport($0, zone: .current).text }
            Output.print(reports.joined(separator: "\n\n"))
        }
    }

    private func instances() async throws -> [InstanceID] {
        if let id = InstanceID(instance) { return [id] }
        guard let name = EndpointName(instance) else {
            throw Problem(
                .invalid,
                code: "instanceName",
                what: "cannot read '\(instance.printable)' as an instance",
                remedy: "write ENDPOINT/DEPLOYMENT/NUMBER, as 'scorekeeper status' shows it"
            )
        }
        let endpoint = try await server.client.endpoint(name)
        let instances = endpoint.deployments.flatMap { $0.instances.map(\.id) }
        guard instances.isEmpty else { return instances }
        let why = endpoint.deployments.map(\.why).filter { !$0.isEmpty }.joined(separator: "; ")
        throw Problem(
            .notFound,
            code: "noInstances",
            what: "'\(name)' has no instance to explain" + (why.isEmpty ? "" : ": \(why)"),
            remedy: "see 'scorekeeper logs \(name)'"
        )
    }
}

extension Array {
    /// Transforms each element in order, one after another.
    fileprivate func asyncMap<Result>(
        _ transform: (Element) async throws -> Result
    ) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
