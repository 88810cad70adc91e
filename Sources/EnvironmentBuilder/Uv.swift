// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Vocabulary

/// The program that resolves and installs: where it is, and how it is called.
///
/// Source: https://docs.astral.sh/uv/reference/cli/
struct Uv: Hashable, Sendable {
    let path: String
    /// Its version as it says it: `0.13.9`.
    let version: String

    /// Finds the program: the settings', `$SCOREKEEPER_UV`, `PATH`, `tools/uv` in the state folder,
    /// the places its installers use, pyenv's versions; the first that runs.
    ///
    /// Errors: `noUv` (failed) saying how to get it.
    static func locate(
        settings: BuildSettings,
        tools: String,
        variables: [String: String]
    ) async throws(Problem) -> Uv {
        if let named = settings.uv ?? variables["SCOREKEEPER_UV"] {
            if let uv = await ask(named, variables: variables) { return uv }
            throw Problem(
                .failed,
                code: "noUv",
                what: "cannot run '\(named)' as uv",
                remedy: "let SCOREKEEPER_UV name a uv program, or unset it"
            )
        }
        let home = variables["HOME"] ?? "/root"
        var folders = (variables["PATH"] ?? "").split(separator: ":").map(String.init)
        folders += [tools, home + "/.local/bin", home + "/.cargo/bin", "/usr/local/bin"]
        let pyenv = Interpreters.pyenv(variables) + "/versions"
        folders += Program.names(in: pyenv).map { "\(pyenv)/\($0)/bin" }
        for folder in folders {
            // Shims are scripts and are passed over: what they run depends on where.
            if let program = Program.real(folder + "/uv"),
                let uv = await ask(program, variables: variables)
            {
                return uv
            }
        }
        throw Problem(
            .failed,
            code: "noUv",
            what: "cannot build an environment: no 'uv' is on this machine",
            remedy: "install it with its installer, pipx or pip in a virtual environment, put it "
                + "on PATH or let SCOREKEEPER_UV name it, and deploy the model again"
        )
    }

    private static func ask(_ path: String, variables: [String: String]) async -> Uv? {
        let helper = HelperProcess(
            executable: path,
            arguments: ["--version"],
            variables: HelperVariables.list(from: variables),
            folder: "/"
        )
        guard let outcome = try? await helper.run(until: .now + .seconds(20)), outcome.isSuccess
        else { return nil }
        let words = outcome.output.split(whereSeparator: \.isWhitespace)
        guard words.count >= 2, words[0] == "uv" else { return nil }
        return Uv(path: path, version: String(words[1]))
    }

    /// Makes an empty virtual environment that may be moved.
    func makePrefix(_ prefix: String, interpreter: String) -> [String] {
        [
            "venv", "--python", interpreter, "--relocatable", "--no-project",
            "--no-python-downloads", prefix,
        ]
    }

    /// Resolves `input` to `output`, every file with its hashes.
    ///
    /// Shape: `constraints` is a file of them; `asOf` a day, whose beginning is meant; `refresh`
    /// where what the registry said a while ago does not count.
    func lock(
        _ input: String,
        constraints: String?,
        asOf: String?,
        to output: String,
        refresh: Bool = false,
        interpreter: String,
        settings: BuildSettings
    ) -> [String] {
        var arguments = [
            "pip", "compile", input, "--output-file", output, "--python", interpreter,
            "--generate-hashes", "--no-header", "--no-python-downloads",
        ]
        if let constraints { arguments += ["--constraints", constraints] }
        if refresh { arguments.append("--refresh") }
        if let asOf { arguments += ["--exclude-newer", asOf + "T00:00:00Z"] }
        return arguments + common(settings)
    }

    /// Installs exactly what `lock` says, nothing whose hash differs.
    ///
    /// Copies, never links: a hard-linked cache lets whoever can write one environment's file change
    /// it in every other, and `--link-mode clone` falls back to hard links without a word where the
    /// file system cannot clone.
    func install(_ lock: String, interpreter: String, settings: BuildSettings) -> [String] {
        [
            "pip", "sync", lock, "--python", interpreter, "--require-hashes",
            "--link-mode", "copy", "--no-python-downloads",
        ] + common(settings)
    }

    /// Fetches a Python into a folder of ours.
    func fetchPython(_ version: String, into folder: String) -> [String] {
        ["python", "install", version, "--install-dir", folder, "--no-bin"]
    }

    // Wheels only: building a source distribution runs its code as whoever runs us.
    private func common(_ settings: BuildSettings) -> [String] {
        var arguments = ["--only-binary", ":all:"]
        for source in settings.packageSources { arguments += ["--find-links", source] }
        if !settings.usesRegistry { arguments += ["--no-index", "--offline"] }
        return arguments
    }
}
