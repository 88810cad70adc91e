// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// A name that a document writes, with its place; what it means is found elsewhere.
public struct WrittenName: Hashable, Codable, Sendable {
    /// As it is written.
    public let text: String
    /// Where.
    public let location: Problem.Location

    /// Notes a name and its place.
    public init(text: String, location: Problem.Location) {
        self.text = text
        self.location = location
    }
}
