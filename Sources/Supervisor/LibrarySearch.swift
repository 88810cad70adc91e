// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import EnvironmentBuilder
import Foundation
import Manifests
import Vocabulary

/// Finds the shared libraries that a program needs, without running it.
///
/// The loader that the program names is asked to list them, which maps the files and runs nothing of
/// theirs; only a loader of the machine's own is asked. What lies in the machine's own folders is
/// seen by every scorer; what lies elsewhere is to be copied with the program. Libraries that a
/// program opens by itself later (dlopen) are not found.
///
/// Source: ld.so(8), `--list`.
struct LibrarySearch {
    /// A library that must come along.
    struct Companion: Hashable {
        /// The name it is asked for by.
        let name: String
        /// Where it lies now.
        let path: String

        /// What a person is told of it.
        var notice: String { "the library '\(name)' is taken along from '\(path)'" }
    }

    /// How long a loader may take: it reads headers.
    private static let patience = Duration.seconds(30)

    /// What must come along with the program, in order of name.
    ///
    /// Shape: `libraryPath` is where else to look, as `LD_LIBRARY_PATH` says it.
    /// Errors: `missingLibrary` naming each; `loader`, `libraryPath` for what cannot be had inside.
    static func companions(
        of program: ProgramFile,
        libraryPath: String,
        at location: Problem.Location? = nil
    ) async throws(Problem) -> [Companion] {
        guard case .loader(let loader) = program.start else { return [] }
        guard isOwn(loader), FileManager.default.isExecutableFile(atPath: loader) else {
            throw Problem(
                .invalid,
                code: "loader",
                what: "cannot deploy '\(program.path)' as a scorer: it asks for the loader "
                    + "'\(loader)', which is not one of this machine",
                remedy: "build it for this machine, or link it statically",
                location: location
            )
        }
        let listing = try await list(program.path, loader, libraryPath)
        return try companions(in: listing, of: program.path, at: location)
    }

    /// Chooses from what the loader found: the part that decides.
    static func companions(
        in listing: LibraryListing,
        of program: String,
        at location: Problem.Location? = nil,
        isOwn: (String) -> Bool = Self.isOwn
    ) throws(Problem) -> [Companion] {
        func refuse(_ code: String, _ what: String, _ remedy: String) -> Problem {
            Problem(
                .invalid,
                code: code,
                what: "cannot deploy '\(program)' as a scorer: \(what)",
                remedy: remedy,
                location: location
            )
        }
        guard listing.missing.isEmpty else {
            let names = listing.missing.map { "'\($0)'" }.joined(separator: ", ")
            throw refuse(
                "missingLibrary",
                "it needs \(names), which the loader does not find",
                "install it, or name its folder in LD_LIBRARY_PATH when you deploy or by linking "
                    + "with -Wl,-rpath"
            )
        }
        guard listing.complaints.isEmpty else {
            throw refuse(
                "loader",
                "the loader says: \(listing.complaints.prefix(3).joined(separator: "; "))",
                "build it on this machine, or install what it asks for"
            )
        }
        var companions: [Companion] = []
        for library in listing.libraries where !isOwn(library.path) {
            guard !library.name.contains("/") else {
                throw refuse(
                    "libraryPath",
                    "it asks for '\(library.name)' by its whole path, which a scorer does not see",
                    "give that library a soname (-Wl,-soname) and link again"
                )
            }
            companions.append(Companion(name: library.name, path: library.path))
        }
        return companions.sorted { $0.name < $1.name }
    }

    /// Whether a file lies in the machine's own folders, and what it links to as well.
    static func isOwn(_ path: String) -> Bool {
        MachineFolders.hold(path)
            && MachineFolders.hold(URL(fileURLWithPath: path).resolvingSymlinksInPath().path)
    }

    private static func list(
        _ program: String,
        _ loader: String,
        _ libraryPath: String
    ) async throws(Problem) -> LibraryListing {
        let helper = HelperProcess(
            executable: loader,
            // Whole: a name without a slash the loader would look for among the libraries.
            arguments: ["--list", URL(fileURLWithPath: program).path],
            variables: libraryPath.isEmpty ? [] : ["LD_LIBRARY_PATH=\(libraryPath)"],
            folder: "/"
        )
        let outcome = try await helper.run(until: .now + patience)
        let listing = LibraryListing(outcome.output)
        switch outcome.ending {
        case .exited(0): return listing
        case .exited where !listing.missing.isEmpty || !listing.complaints.isEmpty: return listing
        default:
            throw Problem(
                .failed,
                code: "loader",
                what: "cannot find the libraries of '\(program)': the loader '\(loader)' did not "
                    + "answer",
                remedy: "see that '\(loader) --list \(program)' does"
            )
        }
    }
}
