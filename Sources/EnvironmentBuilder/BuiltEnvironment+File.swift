// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Manifests
import Vocabulary

extension BuiltEnvironment {
    private static let fileName = "environment.json"

    /// Writes the description into `folder`, down to the disk.
    func write(to folder: String) throws(Problem) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        let path = "\(folder)/\(Self.fileName)"
        guard let bytes = try? encoder.encode(self) else {
            preconditionFailure("an environment's description cannot be written: \(self)")
        }
        let descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o444)
        guard descriptor >= 0 else { throw Problem.system("cannotWrite", "write '\(path)'") }
        defer { _ = close(descriptor) }
        let written = bytes.withUnsafeBytes {
            Foundation.write(descriptor, $0.baseAddress, $0.count)
        }
        guard written == bytes.count, fsync(descriptor) == 0 else {
            throw Problem.system("cannotWrite", "write '\(path)'")
        }
    }

    /// Reads the environment in `folder`; nothing where none stands ready there.
    ///
    /// The paths are made anew: the folder may have been moved as a whole.
    init?(readingFrom folder: String) {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        let interpreter = folder + "/prefix/bin/python"
        guard let bytes = FileManager.default.contents(atPath: "\(folder)/\(Self.fileName)"),
            let stored = try? decoder.decode(Self.self, from: bytes),
            access(interpreter, X_OK) == 0
        else { return nil }
        self.init(
            digest: stored.digest,
            provider: stored.provider,
            prefix: folder + "/prefix",
            interpreter: interpreter,
            base: stored.base,
            supportingPaths: stored.supportingPaths,
            packages: stored.packages,
            lockDigest: stored.lockDigest,
            bytes: stored.bytes,
            builtAt: stored.builtAt,
            seconds: stored.seconds,
            notices: stored.notices,
            definition: stored.definition
        )
    }
}
