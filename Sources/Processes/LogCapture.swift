// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Vocabulary
import Wire

/// One run's output: a pipe read by the node, a file that stays small.
///
/// Each line has the time at which it was read before it, and each run begins with a line of ours.
/// Two segments of `segmentBytes` at most: when the file is full it becomes `<name>.1`. What a
/// scorer writes faster than `bytesPerSecond` is dropped and counted; it is read all the same, so
/// that the scorer is slowed down and never stopped.
final class LogCapture {
    /// Most bytes in one of the two files.
    static let segmentBytes = 4 << 20
    /// Bytes per second that are kept in the long run, and at once.
    static let bytesPerSecond = 1 << 20
    static let burst = 2 << 20
    /// Most bytes read at once, and how often at one wake: other runs have their turn too.
    private static let portion = 256 << 10
    private static let portionsPerWake = 8
    /// Most bytes of a flood's end that are kept after all.
    private static let tailBytes = 4 << 10
    /// How long a flood is left in the pipe before it is read again.
    private static let pause: Duration = .milliseconds(20)

    private let pipe: Descriptor
    private let path: String?
    private var text = LogText()
    private var file: Descriptor?
    private var written = 0
    private var allowance = Allowance(perSecond: bytesPerSecond, burst: burst)
    private var droppedBytes = 0
    /// The last of what was dropped: a scorer's last words often follow a flood.
    private var droppedTail: [UInt8] = []
    /// When the pipe is to be looked at again; nothing while it is polled.
    private(set) var pausedUntil: Moment?

    /// Reads from `pipe`, which must not block; keeps lines only in memory where there is no path.
    init(pipe: Descriptor, path: String?) {
        self.pipe = pipe
        self.path = path?.isEmpty == true ? nil : path
    }

    /// Says which run writes from here on: an instance lives through many, in one file.
    func begin(_ run: Run) {
        text.stamp = LogStamp.now.bytes
        store(text.heading("scorekeeper: run \(run.incarnation) begins"))
    }

    /// The pipe's descriptor, for polling.
    var descriptor: Int32 { pipe.number }

    /// The last lines, escaped and bounded.
    var lastLines: [String] { text.lastLines }

    /// Reads what is there, a few portions at most; answers false once nobody can write any more.
    func read(now: Moment) -> Bool {
        pausedUntil = nil
        for _ in 0..<Self.portionsPerWake {
            switch readPortion(now: now) {
            case .some: continue
            case .nothing: return true
            case .end: return false
            }
        }
        return true
    }

    /// Takes what is still in the pipe, and ends the file.
    func finish(now: Moment) {
        _ = read(now: now)
        text.stamp = LogStamp.now.bytes
        tellDropped()
        store(text.finish())
        file = nil
    }

    /// Adds a line of our own behind everything.
    func add(_ line: String) {
        text.stamp = LogStamp.now.bytes
        store(text.note(line))
        file = nil
    }

    private enum Portion {
        case some
        case nothing
        case end
    }

    private func readPortion(now: Moment) -> Portion {
        var count = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: Self.portion) { buffer, used in
            count = Glibc.read(pipe.number, buffer.baseAddress, buffer.count)
            used = max(0, count)
        }
        if count < 0 { return errno == EAGAIN || errno == EINTR ? .nothing : .end }
        guard count > 0 else { return .end }
        keep(bytes[...], now: now)
        return .some
    }

    private func keep(_ bytes: ArraySlice<UInt8>, now: Moment) {
        if path != nil { text.stamp = LogStamp.now.bytes }
        let kept = allowance.take(bytes.count, now: now)
        if kept > 0 {
            tellDropped()
            store(text.take(bytes.prefix(kept)))
        }
        if kept < bytes.count {
            droppedBytes += bytes.count - kept
            droppedTail = Array((droppedTail + bytes.dropFirst(kept)).suffix(Self.tailBytes))
            pausedUntil = now + Self.pause
        }
    }

    private func tellDropped() {
        guard droppedBytes > 0 else { return }
        let lost = droppedBytes - droppedTail.count
        if lost > 0 {
            store(text.note("[scorekeeper: \(lost) bytes came too fast and were dropped]"))
        }
        store(text.take(droppedTail[...]))
        droppedBytes = 0
        droppedTail = []
    }

    /// A log that cannot be written stops no scorer: the lines stay in memory.
    private func store(_ bytes: [UInt8]) {
        guard let path, !bytes.isEmpty else { return }
        if written + bytes.count > Self.segmentBytes, file != nil {
            file = nil
            _ = rename(path, path + ".1")
        }
        if let file, Self.isRemoved(file) { self.file = nil }
        if file == nil { open(path) }
        guard let file else { return }
        let count = write(file.number, bytes, bytes.count)
        if count > 0 { written += count }
    }

    /// Whether somebody has removed the file: what is written on would be nowhere.
    private static func isRemoved(_ file: Descriptor) -> Bool {
        var facts = stat()
        return fstat(file.number, &facts) == 0 && facts.st_nlink == 0
    }

    private func open(_ path: String) {
        let folder = (path as NSString).deletingLastPathComponent
        let isNew = access(path, F_OK) != 0
        let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW
        var number = Glibc.open(path, flags, 0o640)
        if number < 0, errno == ENOENT {
            try? FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true
            )
            number = Glibc.open(path, flags, 0o640)
        }
        guard number >= 0 else { return }
        file = Descriptor(owning: number)
        written = Int(lseek(number, 0, SEEK_END))
        if isNew { LogFolder.prune(folder) }
    }
}
