// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Manifests
import Vocabulary

@testable import ModelStore

#if canImport(Glibc)
import Glibc
#endif

/// A folder that lives as long as the test that made it.
final class ScratchFolder {
    let path: String

    init() throws {
        path =
            FileManager.default.temporaryDirectory
            .appending(path: "model-store-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: true
        )
    }

    deinit { try? FileTree.remove(path) }

    /// Writes a file, with the folders above it.
    func write(_ relative: String, _ text: String) throws {
        let url = URL(filePath: "\(path)/\(relative)")
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: url)
    }

    /// Writes a model of three files into the folder `name`.
    func writeModel(_ name: String, weights: String = "w") throws {
        try write(
            "\(name)/MLmodel",
            "flavors:\n  python_function:\n    loader_module: mlflow.sklearn\n    data: model.pkl\n"
        )
        try write("\(name)/model.pkl", weights)
        try write("\(name)/requirements.txt", "mlflow\n")
    }

    func text(_ relative: String) throws -> String {
        try String(contentsOfFile: "\(path)/\(relative)", encoding: .utf8)
    }
}

/// The code of the problem that `body` throws; nothing when it throws none.
func code(_ body: () throws -> Void) -> String? {
    do {
        try body()
        return nil
    } catch {
        return (error as? Problem)?.code ?? "\(error)"
    }
}
