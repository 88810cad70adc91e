// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import Vocabulary

/// Something large that stands in the state folder under its digest.
///
/// The folder itself is the truth; the ledger remembers where each came from, so that a person can
/// be told and what nothing refers to can be removed.
public struct Artefact: Hashable, Sendable {
    /// What it is.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// A copied model: `models/<digest>`.
        case model
        /// A built environment: `environments/<digest>`.
        case environment
    }

    /// What it is.
    public let kind: Kind
    /// The name it stands under.
    public let digest: Digest
    /// Where it came from, in words or as a path.
    public let source: String
    /// How many bytes it takes.
    public let bytes: Int64
    /// When it was made, by the wall clock.
    public let madeAt: Date

    /// Makes a record of an artefact.
    public init(kind: Kind, digest: Digest, source: String, bytes: Int64, madeAt: Date) {
        self.kind = kind
        self.digest = digest
        self.source = source
        self.bytes = bytes
        self.madeAt = madeAt
    }
}
