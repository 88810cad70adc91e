// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Finds the endpoint and the route that a target means.
///
/// Three addresses lead to an endpoint: `/endpoints/NAME/route`; a Host whose first label is NAME;
/// a listener of the endpoint's own. In the last two its routes stand at the root.
struct Router {
    /// What a request's target means.
    enum Destination {
        /// A route of an endpoint; with the target as a scorer sees it.
        case endpoint(Endpoint, Route, target: String)
        /// The gateway's own root.
        case root
        /// No endpoint of that name.
        case unknownEndpoint(String)
        /// Nothing stands there.
        case nowhere
    }

    /// The routes of an endpoint.
    enum Route: Equatable {
        case root, score, invocations, ping, health, version, swagger
        /// No such route.
        case unknown

        /// Whether it answers as MLflow's server does, whatever the deployment's style.
        var isOfMLflow: Bool { self == .invocations || self == .version }
    }

    private static let prefix = "/endpoints/"

    private(set) var endpoints: [String: Endpoint] = [:]
    /// Changes with every change of the endpoints: what was found before may be wrong.
    private(set) var version = 0

    mutating func set(_ endpoint: Endpoint) {
        endpoints[endpoint.name.text] = endpoint
        version += 1
    }

    mutating func remove(_ name: EndpointName) {
        endpoints[name.text] = nil
        version += 1
    }

    /// Where `target` leads, on a listener of `owner` or on the common one.
    func find(target: String, host: String, owner: EndpointName?) -> Destination {
        if let owner {
            guard let endpoint = endpoints[owner.text] else {
                return .unknownEndpoint(owner.text)
            }
            return .endpoint(endpoint, Self.route(of: target), target: target)
        }
        if target.hasPrefix(Self.prefix) {
            let rest = target.dropFirst(Self.prefix.count)
            let name = String(rest.prefix { $0 != "/" && $0 != "?" })
            guard let endpoint = endpoints[name] else { return .unknownEndpoint(name) }
            let local = rest.dropFirst(name.count)
            let relative = local.first == "/" ? String(local) : "/" + local
            return .endpoint(endpoint, Self.route(of: relative), target: relative)
        }
        if let label = host.split(separator: ".", maxSplits: 1).first, label.count < host.count,
            let endpoint = endpoints[String(label)] ?? endpoint(alike: label)
        {
            return .endpoint(endpoint, Self.route(of: target), target: target)
        }
        return Self.path(of: target) == "/" ? .root : .nowhere
    }

    /// Hosts know no case, endpoints' names do: of several that differ in it only, the first.
    private func endpoint(alike label: Substring) -> Endpoint? {
        let wanted = label.lowercased()
        return endpoints.filter { $0.key.lowercased() == wanted }.min { $0.key < $1.key }?.value
    }

    /// What stands before the routes of an endpoint that is addressed by path.
    static func place(of name: EndpointName) -> String { prefix + name.text }

    private static func path(of target: String) -> Substring { target.prefix { $0 != "?" } }

    private static func route(of target: String) -> Route {
        switch path(of: target) {
        case "/": .root
        case "/score": .score
        case "/invocations": .invocations
        case "/ping": .ping
        case "/health": .health
        case "/version": .version
        case "/swagger.json": .swagger
        default: .unknown
        }
    }
}
