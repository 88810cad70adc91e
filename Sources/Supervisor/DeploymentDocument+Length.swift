// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Vocabulary
import Wire

extension DeploymentDocument {
    /// Half a packet, so that paths and names always find room in the other half.
    private static let lengthLimit = PacketSocket.maximumPacket / 2

    /// Whether all that is told to a scorer fits into the order that starts it.
    ///
    /// Errors: `tooMuchToSay`; and `nulInArgument`, since an argument would end there unseen.
    func checkLength() throws(Problem) {
        var words: [String] = []
        if case .native(_, let arguments, _, _) = scorer { words = arguments }
        if let refusal = Self.refusal(of: words, settings, for: key) { throw refusal }
    }

    /// Why a scorer cannot be told its arguments and what its settings say.
    static func refusal(
        of arguments: [String],
        _ settings: ServingSettings,
        for key: DeploymentKey
    ) -> Problem? {
        let words = settings.variables.flatMap { [$0.key, $0.value] } + arguments
        if words.contains(where: { $0.utf8.contains(0) }) {
            return Problem(
                .invalid,
                code: "nulInArgument",
                what: "an argument or environment variable of '\(key)' holds a NUL character",
                remedy: "remove it: no program could be given what follows it"
            )
        }
        let length = (try? JSONEncoder().encode(words).count) ?? .max
        guard length > Self.lengthLimit else { return nil }
        return Problem(
            .invalid,
            code: "tooMuchToSay",
            what: "arguments and environment variables of '\(key)' take \(length) bytes, and "
                + "\(Self.lengthLimit) is the most",
            remedy: "put long ones into a file of the model or beside the program"
        )
    }
}
