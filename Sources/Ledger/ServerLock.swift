// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
public import Vocabulary

/// One server for one state folder, as long as this object lives.
///
/// The kernel's lock on the file `lock` decides and is gone with the process, however it ended; the
/// number inside is only for people. It is an open-file-description lock: a second opening in the same
/// process is refused too, and it can be asked about without being taken for a moment. The file
/// stays: removing it would let two servers lock two files of one name.
///
/// Source: fcntl(2), "Open file description locks".
public final class ServerLock: Sendable {
    /// Where the file is.
    public let path: String
    private let descriptor: Int32

    /// Takes the lock of the state folder `folder`.
    ///
    /// Errors: `stateInUse` (conflict) naming the other server's pid; `lockUnwritable` where the
    /// file cannot be made.
    public init(folder: String) throws(Problem) {
        let path = folder + "/lock"
        let descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw Problem(
                .failed,
                code: "lockUnwritable",
                what: "cannot open '\(path)': \(String(cString: strerror(errno)))",
                remedy: "give a state folder that this user can write"
            )
        }
        var wanted = Self.wholeFile
        guard fcntl(descriptor, Self.setLock, &wanted) == 0 else {
            let owner = Self.pid(in: descriptor)
            _ = close(descriptor)
            throw Problem(
                .conflict,
                code: "stateInUse",
                what: "cannot serve from '\(folder)': another server"
                    + (owner.map { " (pid \($0))" } ?? "") + " already does",
                remedy: "stop that server, or give another state folder"
            )
        }
        self.path = path
        self.descriptor = descriptor
        // A disk too full for six bytes must not keep a server from starting: the lock is held. Written
        // over what stood there, which after a handover is the same: whoever reads it meanwhile must not
        // find that there is no server.
        let text = Array("\(getpid())\n".utf8)
        _ = text.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        _ = ftruncate(descriptor, off_t(text.count))
    }

    /// The pid of the server that holds the lock of `folder`; nothing where none does.
    public static func holder(of folder: String) -> Int32? {
        let descriptor = open(folder + "/lock", O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
        defer { _ = close(descriptor) }
        var found = wholeFile
        guard fcntl(descriptor, getLock, &found) == 0, found.l_type != F_UNLCK else { return nil }
        return pid(in: descriptor)
    }

    // Glibc shows these only to programs that define _GNU_SOURCE.
    private static let getLock: Int32 = 36
    private static let setLock: Int32 = 37

    private static var wholeFile: flock {
        flock(
            l_type: Int16(F_WRLCK),
            l_whence: Int16(SEEK_SET),
            l_start: 0,
            l_len: 0,
            l_pid: 0
        )
    }

    private static func pid(in descriptor: Int32) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let length = bytes.withUnsafeMutableBytes {
            pread(descriptor, $0.baseAddress, $0.count, 0)
        }
        guard length > 0 else { return nil }
        // The first line: of a longer number something may still stand behind it.
        let line = bytes.prefix(length).prefix { $0 != UInt8(ascii: "\n") }
        return Int32(String(decoding: line, as: UTF8.self))
    }

    deinit {
        // The number is wiped first so that nobody reads a dead one. Closing alone would not let go
        // while a child that has been forked and not yet become its program has the file open.
        _ = ftruncate(descriptor, 0)
        var released = Self.wholeFile
        released.l_type = Int16(F_UNLCK)
        _ = fcntl(descriptor, Self.setLock, &released)
        _ = close(descriptor)
    }
}
