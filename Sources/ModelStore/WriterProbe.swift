// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#endif

/// Tells whether a process holds a file open for writing.
///
/// The kernel knows: a read lease (`F_SETLEASE`) is refused with EAGAIN while anybody has the file
/// open for writing or mapped writable. Leases are for the file's owner and for root, and some file
/// systems have none; files that cannot be asked about that way are looked for among the open files
/// of all processes that `/proc` shows us. What neither can see is told as not written: two quiet
/// seconds and the list of required files still stand.
///
/// A lease that is granted is given back at once. Should somebody open the file for writing in just
/// that moment, the kernel tells us by a signal: SIGURG instead of the default SIGIO, because
/// nobody dies of it.
///
/// Source: fcntl(2), "Leases".
struct WriterProbe {
    /// Whether any of the files is being written.
    func isWritten(_ paths: [String]) -> Bool {
        var unknown: Set<FileIdentity> = []
        for path in paths {
            let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
            guard file >= 0 else { continue }
            defer { _ = close(file) }
            switch lease(file) {
            case .written: return true
            case .quiet: continue
            case .unknown:
                var status = stat()
                if fstat(file, &status) == 0 { unknown.insert(FileIdentity(status)) }
            }
        }
        return !unknown.isEmpty && isOpenForWriting(unknown)
    }

    private enum Answer { case written, quiet, unknown }

    private func lease(_ file: Int32) -> Answer {
        // F_SETSIG is 10 and F_SETLEASE 1024 on every Linux; glibc shows them to GNU sources only.
        let setSignal: Int32 = 10
        let setLease: Int32 = 1_024
        guard fcntl(file, setSignal, SIGURG) == 0 else { return .unknown }
        if fcntl(file, setLease, Int32(F_RDLCK)) == 0 {
            _ = fcntl(file, setLease, Int32(F_UNLCK))
            return .quiet
        }
        return errno == EAGAIN ? .written : .unknown
    }

    private struct FileIdentity: Hashable {
        let device: UInt64
        let inode: UInt64

        init(_ status: stat) {
            device = UInt64(status.st_dev)
            inode = UInt64(status.st_ino)
        }
    }

    private func isOpenForWriting(_ files: Set<FileIdentity>) -> Bool {
        guard let processes = try? FileTree.names(in: "/proc") else { return false }
        for process in processes where process.utf8.allSatisfy({ $0.isDigit }) {
            let folder = "/proc/\(process)/fd"
            guard let descriptors = try? FileTree.names(in: folder) else { continue }
            for descriptor in descriptors {
                var status = stat()
                guard stat("\(folder)/\(descriptor)", &status) == 0,
                    files.contains(FileIdentity(status))
                else { continue }
                // The link's own owner bits say how the file was opened.
                guard lstat("\(folder)/\(descriptor)", &status) == 0 else { continue }
                if status.st_mode & S_IWUSR != 0 { return true }
            }
        }
        return false
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (0x30...0x39).contains(self) }
}
