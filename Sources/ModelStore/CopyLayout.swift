// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// Where the entries of a source stand in its copy.
enum CopyLayout: Hashable {
    /// Where they stand in the source.
    case same
    /// In a folder of this name, which the copy holds alone.
    case beneath(String)
    /// The source's one file, called so.
    case renamed(String)

    /// The path in the copy of what stands at `path` in the source.
    func path(of path: String) -> String {
        switch self {
        case .same: path
        case .beneath(let folder): "\(folder)/\(path)"
        case .renamed(let name): name
        }
    }

    /// The folder that the copy has and the source has not.
    var folder: String? {
        if case .beneath(let folder) = self { folder } else { nil }
    }
}
