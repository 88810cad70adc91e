// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Something a person should know that refuses nothing: a default that differs, a key not used yet.
public struct Notice: Hashable, Codable, Sendable, CustomStringConvertible {
    /// A stable word for programs, for example `egressOff`.
    public let code: String
    /// The sentence.
    public let text: String
    /// Where, when it is in a file.
    public let location: Problem.Location?

    /// Makes a notice from its parts.
    public init(code: String, text: String, location: Problem.Location? = nil) {
        self.code = code
        self.text = text
        self.location = location
    }

    /// What everybody is told who does not say whether there is to be a network.
    ///
    /// Shape: `who` is what goes without, `model` or `scorer`.
    public static func egressOff(_ who: String, at location: Problem.Location? = nil) -> Notice {
        Notice(
            code: "egressOff",
            text: "the \(who) gets no network; Azure's default is the other way: write "
                + "'egress_public_network_access: enabled' where it needs one",
            location: location
        )
    }

    /// The whole sentence: where, then what.
    public var description: String {
        guard let location else { return text }
        return "\(location): \(text)"
    }
}
