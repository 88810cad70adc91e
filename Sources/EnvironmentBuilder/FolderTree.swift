// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Vocabulary

/// A tree of files that is made read-only, measured or removed as a whole.
///
/// Symbolic links are left as they are and never followed.
enum FolderTree {
    /// Makes every file 0444 or 0555 and every folder 0555; answers the bytes of all files.
    ///
    /// Errors: `cannotSeal` naming the file.
    static func seal(_ path: String) throws(Problem) -> Int64 {
        var bytes: Int64 = 0
        try visit(path) { (path, status) throws(Problem) in
            let kind = status.st_mode & S_IFMT
            if kind == S_IFLNK { return }
            if kind == S_IFREG { bytes += Int64(status.st_size) }
            let isExecutable = kind == S_IFDIR || status.st_mode & 0o111 != 0
            guard chmod(path, isExecutable ? 0o555 : 0o444) == 0 else {
                throw Problem.system("cannotSeal", "make '\(path)' read-only")
            }
        }
        return bytes
    }

    /// Removes the tree, read-only folders included; nothing happens where there is none.
    ///
    /// Errors: `cannotRemove` naming the file.
    static func remove(_ path: String) throws(Problem) {
        guard exists(path) else { return }
        try visit(path, entering: { _ = chmod($0, 0o700) }) { (path, status) throws(Problem) in
            let isFolder = status.st_mode & S_IFMT == S_IFDIR
            guard (isFolder ? rmdir(path) : unlink(path)) == 0 || errno == ENOENT else {
                throw Problem.system("cannotRemove", "remove '\(path)'")
            }
        }
    }

    /// Whether something is there, a dangling link included.
    static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// Calls `leaving` for everything in the tree, what a folder holds before the folder itself.
    static func visit(
        _ path: String,
        entering: (String) -> Void = { _ in },
        leaving: (String, stat) throws(Problem) -> Void
    ) throws(Problem) {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            throw Problem.system("cannotRead", "look at '\(path)'")
        }
        if status.st_mode & S_IFMT == S_IFDIR {
            entering(path)
            for name in try entries(of: path) {
                try visit("\(path)/\(name)", entering: entering, leaving: leaving)
            }
        }
        try leaving(path, status)
    }

    private static func entries(of path: String) throws(Problem) -> [String] {
        guard let folder = opendir(path) else {
            throw Problem.system("cannotRead", "read the folder '\(path)'")
        }
        defer { _ = closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }
}

extension Problem {
    /// A system call that failed, with the calling thread's `errno`.
    static func system(_ code: String, _ attempt: String) -> Problem {
        if errno == ENOSPC || errno == EDQUOT { return .diskFull(attempt) }
        let reason = String(cString: strerror(errno))
        return Problem(.failed, code: code, what: "cannot \(attempt): \(reason)")
    }

    /// No space is left for what was tried.
    static func diskFull(_ attempt: String) -> Problem {
        Problem(
            .exhausted,
            code: "diskFull",
            what: "cannot \(attempt): the disk is full",
            remedy: "free some space where the environments lie and ask again"
        )
    }
}
