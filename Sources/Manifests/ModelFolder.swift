// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// A directory to read a model's descriptions from.
///
/// A protocol so that the readers are pure: tests hand them folders made of text.
public protocol ModelFolder: Sendable {
    /// The directory's path as the person named it; begins every location.
    var path: String { get }

    /// What stands at `relative`; nothing when there is nothing.
    func kind(of relative: String) -> ModelEntryKind?

    /// The bytes of the file at `relative`; nothing when there is none.
    ///
    /// Errors: `tooLarge` beyond `limit` bytes, `pathEscapes` for what leads out of the directory,
    /// `notAFile`, `cannotRead` with the kernel's words.
    func read(_ relative: String, limit: Int) throws(Problem) -> [UInt8]?
}

/// What stands at a path.
public enum ModelEntryKind: Hashable, Sendable {
    case file
    case directory
    /// A device, a socket, a pipe, or a link that leads out or nowhere.
    case other
}

extension ModelFolder {
    /// `relative` as a person would name it.
    func name(of relative: String) -> String {
        path.isEmpty || path == "." ? relative : "\(path)/\(relative)"
    }
}
