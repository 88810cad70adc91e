// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// A model that the store holds: read-only, named by what is in it.
public struct StoredModel: Hashable, Codable, Sendable {
    /// The digest of its content.
    public let digest: Digest
    /// Its directory.
    public let path: String

    /// Makes a model from its parts.
    public init(digest: Digest, path: String) {
        self.digest = digest
        self.path = path
    }
}
