// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// Where a model lies: in the folder that was named, or one or two levels below.
///
/// A download of an artifact has a folder above the model, a run's artifacts often two. The level
/// nearest to the top that has an `MLmodel` counts; names that begin with a dot do not.
enum ModelSearch: Hashable {
    /// In the folder itself.
    case here
    /// In the folder of this path below.
    case below(String)
    /// In each of these: nobody can say which is meant.
    case several([String])
    /// Nowhere.
    case nowhere

    /// Chooses among the paths of files.
    static func among(_ files: some Collection<String>) -> ModelSearch {
        var levels: [[String]] = [[], [], []]
        for file in files where RelativePath.lastComponent(of: file) == mark {
            let folders = file.split(separator: "/").dropLast()
            guard folders.count < levels.count, !folders.contains(where: { $0.hasPrefix(".") })
            else { continue }
            levels[folders.count].append(folders.joined(separator: "/"))
        }
        return choose(levels)
    }

    /// Looks below the directory at `path`, at no more than 1,000 folders in one.
    static func below(_ path: String, names: (String) -> [String]) -> ModelSearch {
        let folder = ModelDirectory(path: path)
        if folder.kind(of: mark) == .file { return .here }
        func visible(_ path: String) -> [String] { names(path).filter { !$0.hasPrefix(".") } }
        let near = visible(path)
        let first = near.filter { folder.kind(of: "\($0)/\(mark)") == .file }
        guard first.isEmpty else { return choose([[], first]) }
        let second = near.filter { folder.kind(of: $0) == .directory }.flatMap { above in
            visible("\(path)/\(above)").map { "\(above)/\($0)" }.filter {
                folder.kind(of: "\($0)/\(mark)") == .file
            }
        }
        return choose([[], [], second])
    }

    private static let mark = ModelDescriptionReader.fileName

    private static func choose(_ levels: [[String]]) -> ModelSearch {
        guard let found = levels.first(where: { !$0.isEmpty }), let first = found.first else {
            return .nowhere
        }
        if found.count > 1 { return .several(found.sorted()) }
        return first.isEmpty ? .here : .below(first)
    }
}
