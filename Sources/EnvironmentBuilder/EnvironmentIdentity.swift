// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation
import Manifests
import Vocabulary

/// What makes two built environments the same: everything that decides what comes out.
///
/// The lock is not part of it: it is an outcome. A definition that leaves versions open is resolved
/// once, when it is first built here, and stays so until it is settled on others.
struct EnvironmentIdentity: Hashable, Sendable {
    /// Grows when a build of the same definition would come out differently.
    static let builderVersion = 1

    let definition: EnvironmentDefinition
    let interpreter: Interpreter

    /// The identity in its one spelling.
    var canonicalText: String {
        """
        scorekeeper-built-environment \(Self.builderVersion)
        interpreter \(interpreter.version) \(interpreter.path)
        platform \(interpreter.platform)
        \(definition.canonicalText)
        """
    }

    /// The SHA-256 digest of the canonical text.
    var digest: Vocabulary.Digest { Vocabulary.Digest(of: canonicalText.utf8) }

    /// The digest of the definition alone, whichever Python it is for.
    var definitionDigest: Vocabulary.Digest { Self.digest(of: definition) }

    /// The digest of a definition in its one spelling.
    static func digest(of definition: EnvironmentDefinition) -> Vocabulary.Digest {
        Vocabulary.Digest(of: definition.canonicalText.utf8)
    }
}

extension Vocabulary.Digest {
    /// The SHA-256 digest of some bytes.
    init(of bytes: some Sequence<UInt8>) {
        let digits = SHA256.hash(data: Data(bytes)).map { byte in
            let text = String(byte, radix: 16)
            return byte < 16 ? "0" + text : text
        }
        guard let digest = Self(digits.joined()) else {
            preconditionFailure("SHA-256 gave \(digits.count) bytes")
        }
        self = digest
    }
}
