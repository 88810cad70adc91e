// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client
import Foundation
import Glibc
import Manifests

/// Which server is meant.
struct StateOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The server's state folder.", valueName: "folder"))
    var state: String?

    /// The folder, absolute.
    var folder: String {
        let folder = DefaultState.folder(
            named: state,
            variables: ProcessInfo.processInfo.environment,
            isRoot: geteuid() == 0
        )
        return absolutePath(folder)
    }

    /// A client of the server.
    var client: ControlClient { ControlClient(state: folder) }
}

/// How an answer is written.
struct OutputOptions: ParsableArguments {
    /// The ways there are.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table, json
    }

    @Option(name: .shortAndLong, help: "How to write the answer: for people or for programs.")
    var output: Format = .table
}

/// A path as the server sees it, whose working folder is another; an address stays as it is.
func absolutePath(_ path: String) -> String {
    if case .address = ModelKind.recognise(path) { return path }
    return URL(fileURLWithPath: path).standardizedFileURL.path
}
