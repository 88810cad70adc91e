// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// A request to make a deployment behind a declared endpoint, or to change one.
public struct OnlineDeploymentRequest: Codable, Sendable, Hashable {
    /// Whether it must be there already.
    public var mode: RequestMode
    /// The absolute path of its document; nothing changes what is declared of it now.
    public var file: String?
    /// Its name; nothing takes the document's.
    public var name: DeploymentName?
    /// The endpoint; nothing takes the document's.
    public var endpoint: EndpointName?
    /// Fields that replace the document's, each written `a.b=c`.
    public var overrides: [String]
    /// Where a program's libraries are looked for besides, as `LD_LIBRARY_PATH` has it.
    public var libraryPath: String?

    /// Makes a request.
    public init(
        mode: RequestMode,
        file: String?,
        name: DeploymentName? = nil,
        endpoint: EndpointName? = nil,
        overrides: [String] = [],
        libraryPath: String? = nil
    ) {
        self.mode = mode
        self.file = file
        self.name = name
        self.endpoint = endpoint
        self.overrides = overrides
        self.libraryPath = libraryPath
    }
}
