// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Whether something that is asked for must be there already.
public enum RequestMode: String, Codable, Sendable, Hashable {
    /// It must not be there.
    case create
    /// It must be there.
    case update
    /// Either will do.
    case createOrUpdate
}

/// A request to make an endpoint, or to change one.
public struct EndpointRequest: Codable, Sendable, Hashable {
    /// Whether it must be there already.
    public var mode: RequestMode
    /// Its name; nothing takes the document's.
    public var name: EndpointName?
    /// The absolute path of its document.
    public var file: String?
    /// Fields that replace the document's, each written `a.b=c`.
    public var overrides: [String]
    /// Percent of the requests by deployment; nothing leaves what is there, or what the document
    /// says.
    public var traffic: [String: Int]?
    /// Percent of the requests that are copied, by deployment; nothing as above.
    public var mirrorTraffic: [String: Int]?

    /// Makes a request.
    public init(
        mode: RequestMode,
        name: EndpointName? = nil,
        file: String? = nil,
        overrides: [String] = [],
        traffic: [String: Int]? = nil,
        mirrorTraffic: [String: Int]? = nil
    ) {
        self.mode = mode
        self.name = name
        self.file = file
        self.overrides = overrides
        self.traffic = traffic
        self.mirrorTraffic = mirrorTraffic
    }
}
