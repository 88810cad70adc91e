// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// What the tests' nodes need on disk: the launcher, the Python extension and a small runtime,
/// compiled once for each run of the tests.
enum Workshop {
    /// The folder that plays the support folder.
    static let support: String = {
        do {
            return try build()
        } catch {
            fatalError("cannot build the support folder: \(error)")
        }
    }()

    /// The Python that scorers run in these tests.
    static let python = "/usr/bin/python3"

    /// The folder of the test node's program.
    static let products: String = {
        let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return ((program ?? "") as NSString).deletingLastPathComponent
    }()

    /// A new folder that anyone may look into.
    static func makeFolder(_ name: String) throws -> String {
        let path = "/tmp/scorekeeper-\(name)-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o755]
        )
        return path
    }

    private static func build() throws -> String {
        let here = (#filePath as NSString).deletingLastPathComponent
        let sources = "\(here)/../../Sources"
        let folder = try makeFolder("support")
        atexit { _ = try? FileManager.default.removeItem(atPath: Workshop.support) }
        let steps =
            ["launch", "launch_confine", "launch_init", "launch_plan", "launch_root"]
            .map { "\(sources)/CLaunch/\($0).c" } + ["\(sources)/CLaunch/launch_user.c"]
        let common = [
            "-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-ffreestanding",
            "-fno-stack-protector", "-I\(sources)/CLaunch/include",
        ]
        try compile(
            common + ["-static", "-o", "\(folder)/launcher", "\(sources)/Launcher/launcher.c"]
                + steps
        )
        try compile(
            common
                + ["-fPIC", "-shared", "-nostdlib", "-fvisibility=hidden"]
                + ["-o", "\(folder)/_launch.so", "\(sources)/CPythonLaunch/launch_module.c"]
                + steps
        )
        // Read and written, not copied: a copy would keep an owner that we may not give.
        let runtime = "python/scorekeeper_scorer"
        try FileManager.default.createDirectory(
            atPath: "\(folder)/\(runtime)",
            withIntermediateDirectories: true
        )
        let entry = URL(fileURLWithPath: "\(here)/Runtime/scorekeeper_scorer/__main__.py")
        try Data(contentsOf: entry).write(
            to: URL(fileURLWithPath: "\(folder)/\(runtime)/__main__.py")
        )
        return folder
    }

    private static func compile(_ arguments: [String]) throws {
        let compiler = Process()
        compiler.executableURL = URL(fileURLWithPath: "/usr/bin/cc")
        compiler.arguments = arguments
        try compiler.run()
        compiler.waitUntilExit()
        guard compiler.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
    }
}
