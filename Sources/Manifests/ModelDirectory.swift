// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

#if canImport(Glibc)
import Glibc
#endif

/// A model's directory on disk, read without ever leaving it.
///
/// Each component of a path is opened from the one before it without following links. A link to a
/// file is followed by hand, when its words stay inside the directory; links to directories,
/// absolute ones and ones that leave are refused. Opening never blocks: a pipe is not waited for.
public struct ModelDirectory: ModelFolder {
    /// The directory's path as the person named it.
    public let path: String
    private let root: String

    /// Names the directory at `path`; nothing is opened yet.
    ///
    /// Shape: `copy` is where a copy of it lies: that is read, and what is said of it names the
    /// person's own files.
    public init(path: String, copiedTo copy: String? = nil) {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        self.path = path
        self.root = copy ?? path
    }

    /// Why a path was not opened.
    public enum OpenError: Error, Hashable, Sendable {
        /// There is nothing.
        case missing
        /// It leads out of the directory, by its words or by a link.
        case escapes
        /// It is a link to a directory, or more than eight links long.
        case link
        /// The kernel refused, with this error number.
        case refused(Int32)
    }

    /// What stands at `relative`; links to files inside count as files.
    public func kind(of relative: String) -> ModelEntryKind? {
        do throws(OpenError) {
            let file = try open(relative)
            defer { _ = close(file) }
            var status = stat()
            guard fstat(file, &status) == 0 else { return .other }
            switch status.st_mode & S_IFMT {
            case S_IFREG: return .file
            case S_IFDIR: return .directory
            default: return .other
            }
        } catch {
            return error == .missing ? nil : .other
        }
    }

    /// The bytes of the file at `relative`; nothing when there is none.
    public func read(_ relative: String, limit: Int) throws(Problem) -> [UInt8]? {
        let file: Int32
        do throws(OpenError) {
            file = try open(relative)
        } catch {
            if error == .missing { return nil }
            throw problem(error, relative)
        }
        defer { _ = close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Problem(
                .invalid,
                code: "notAFile",
                what: "'\(relative)' is not a file",
                location: Problem.Location(file: name(of: relative))
            )
        }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count <= limit {
            let count = Glibc.read(file, &buffer, buffer.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw problem(.refused(errno), relative)
            }
            bytes.append(contentsOf: buffer[..<count])
        }
        throw Problem(
            .invalid,
            code: "tooLarge",
            what: "'\(relative)' has more than the \(limit) bytes that are read",
            remedy: "make it smaller",
            location: Problem.Location(file: name(of: relative))
        )
    }

    /// The problem that tells why `relative` was not opened.
    public func problem(_ error: OpenError, _ relative: String) -> Problem {
        let location = Problem.Location(file: name(of: relative))
        switch error {
        case .missing:
            return Problem(
                .notFound,
                code: "missingFile",
                what: "'\(relative)' is not there",
                location: location
            )
        case .escapes:
            return Problem(
                .invalid,
                code: "pathEscapes",
                what: "'\(relative)' leads out of the model's directory",
                remedy: "copy what it points at into the directory",
                location: location
            )
        case .link:
            return Problem(
                .invalid,
                code: "linkNotAllowed",
                what: "'\(relative)' passes a link to a directory or too many links",
                remedy: "copy what it points at into the directory",
                location: location
            )
        case .refused(let number):
            return Problem(
                .failed,
                code: "cannotRead",
                what: "cannot read '\(relative)': \(String(cString: strerror(number)))",
                location: location
            )
        }
    }

    /// Opens what stands at `relative` for reading; the caller closes the descriptor.
    public func open(_ relative: String) throws(OpenError) -> Int32 {
        let root = Glibc.open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard root >= 0 else { throw Self.failure(errno) }
        defer { _ = close(root) }
        return try Self.open(relative, beneath: root)
    }

    /// Opens what stands at `relative` below the directory `root`; the caller closes the result.
    public static func open(_ relative: String, beneath root: Int32) throws(OpenError) -> Int32 {
        var words = relative
        for _ in 0..<8 {
            switch try step(words, beneath: root) {
            case .opened(let file): return file
            case .link(let target): words = target
            }
        }
        throw .link
    }

    private enum Step {
        case opened(Int32)
        case link(String)
    }

    private static func step(_ words: String, beneath root: Int32) throws(OpenError) -> Step {
        let path: RelativePath
        do throws(RelativePath.Refusal) {
            path = try RelativePath(words)
        } catch {
            throw .escapes
        }
        var directory = fcntl(root, F_DUPFD_CLOEXEC, 3)
        guard directory >= 0 else { throw failure(errno) }
        defer { _ = close(directory) }
        let components = path.text.split(separator: "/").map(String.init)
        for component in components.dropLast() {
            let next = openat(
                directory,
                component,
                O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
            )
            // A link in the middle answers ENOTDIR, as a file does: both end the path.
            guard next >= 0 else {
                throw isLink(component, in: directory) ? .link : failure(errno)
            }
            _ = close(directory)
            directory = next
        }
        guard let last = components.last else {
            let copy = fcntl(directory, F_DUPFD_CLOEXEC, 3)
            guard copy >= 0 else { throw failure(errno) }
            return .opened(copy)
        }
        let file = openat(directory, last, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        if file >= 0 { return .opened(file) }
        let number = errno
        guard number == ELOOP, let target = linkTarget(last, in: directory) else {
            throw failure(number)
        }
        return .link(try resolved(target, from: components.dropLast()))
    }

    /// The words of a link's target, counted from the root.
    private static func resolved(
        _ target: String,
        from folder: ArraySlice<String>
    ) throws(OpenError) -> String {
        guard !target.hasPrefix("/") else { throw .escapes }
        var components = Array(folder)
        for component in target.split(separator: "/") where component != "." {
            if component == ".." {
                guard components.popLast() != nil else { throw .escapes }
            } else {
                components.append(String(component))
            }
        }
        guard !components.isEmpty else { throw .link }
        return components.joined(separator: "/")
    }

    private static func linkTarget(_ name: String, in directory: Int32) -> String? {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = buffer.withUnsafeMutableBytes { raw in
            raw.baseAddress.map { readlinkat(directory, name, $0, raw.count) } ?? -1
        }
        guard count > 0 else { return nil }
        return String(validating: buffer[..<count], as: UTF8.self)
    }

    private static func isLink(_ name: String, in directory: Int32) -> Bool {
        let number = errno
        defer { errno = number }
        return linkTarget(name, in: directory) != nil
    }

    private static func failure(_ number: Int32) -> OpenError {
        number == ENOENT || number == ENOTDIR ? .missing : .refused(number)
    }
}
