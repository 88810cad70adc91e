// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// A request to register a model or an environment.
///
/// Shape: a document, or a path; what stands here besides replaces what the document says.
public struct AssetRequest: Codable, Sendable, Hashable {
    /// What is registered.
    public var kind: AssetID.Kind
    /// The absolute path of its document.
    public var file: String?
    /// Its name.
    public var name: String?
    /// Its version; nothing takes the next number.
    public var version: String?
    /// The absolute path of the model's files, or of the conda file.
    public var path: String?
    /// How a model is stored.
    public var type: String?
    /// Fields that replace the document's, each written `a.b=c`.
    public var overrides: [String]

    /// Makes a request.
    public init(
        _ kind: AssetID.Kind,
        file: String? = nil,
        name: String? = nil,
        version: String? = nil,
        path: String? = nil,
        type: String? = nil,
        overrides: [String] = []
    ) {
        self.kind = kind
        self.file = file
        self.name = name
        self.version = version
        self.path = path
        self.type = type
        self.overrides = overrides
    }
}
