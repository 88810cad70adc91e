// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Vocabulary

@testable import ModelStore

#if canImport(Glibc)
import Glibc
#endif

@Suite struct `A model store` {
    private let scratch: ScratchFolder
    private let store: ModelStore

    init() throws {
        scratch = try ScratchFolder()
        try scratch.writeModel("iris")
        store = try ModelStore(folder: "\(scratch.path)/models")
    }

    private var source: String { "\(scratch.path)/iris" }

    private func names() throws -> [String] { try FileTree.names(in: store.folder) }

    @Test func `keeps a copy under the digest of its content`() throws {
        let model = try store.adopt(source)

        #expect(try names() == [model.digest.hexadecimal])
        #expect(try scratch.text("models/\(model.digest)/model.pkl") == "w")
        #expect(try store.digests() == [model.digest])
    }

    @Test func `leaves nothing of a copy that is not wanted to its end`() throws {
        let interruption = Interruption()
        let before = interruption.perform { () throws(Problem) in try store.adopt(source) }
        try store.discard(before.get().digest)
        interruption.want()

        let after = interruption.perform { () throws(Problem) in try store.adopt(source) }
        let problem = #expect(throws: Problem.self) { try after.get() }

        #expect(problem?.code == "interrupted")
        #expect(try names().isEmpty)
        #expect(throws: Never.self) { try store.adopt(source) }
    }

    @Test func `makes a file executable only where it is told that it is a program`() throws {
        let plain = try store.adopt(source)
        let program = try store.adopt(source, programs: ["model.pkl"])

        #expect(program.digest != plain.digest)
        #expect(access("\(program.path)/model.pkl", X_OK) == 0)
        #expect(access("\(program.path)/MLmodel", X_OK) != 0)
        #expect(access("\(plain.path)/model.pkl", X_OK) != 0)
    }

    @Test func `names the same content the same, wherever and whenever it was written`() throws {
        try scratch.writeModel("other")

        #expect(try store.adopt(source) == store.adopt("\(scratch.path)/other"))
        #expect(try names().count == 1)
    }

    @Test func `names other content, another name or another folder otherwise`() throws {
        let first = try store.adopt(source).digest
        try scratch.write("iris/model.pkl", "v")
        let second = try store.adopt(source).digest
        try scratch.write("iris/model.pkl", "w")
        try FileManager.default.createDirectory(
            atPath: "\(source)/empty",
            withIntermediateDirectories: false
        )
        let third = try store.adopt(source).digest

        #expect(Set([first, second, third]).count == 3)
    }

    @Test func `shares nothing with the folder it came from`() throws {
        let model = try store.adopt(source)

        // Written in place: a hard link would let this through.
        let file = open("\(source)/model.pkl", O_WRONLY)
        #expect(pwrite(file, "X", 1, 0) == 1)
        _ = close(file)

        #expect(try scratch.text("models/\(model.digest)/model.pkl") == "w")
    }

    @Test func `makes its copies read-only and drops executable bits`() throws {
        _ = chmod("\(source)/model.pkl", 0o4755)

        let model = try store.adopt(source)

        var status = stat()
        #expect(stat("\(model.path)/model.pkl", &status) == 0)
        #expect(status.st_mode & 0o7777 == 0o444)
        #expect(status.st_nlink == 1)
        #expect(stat(model.path, &status) == 0)
        #expect(status.st_mode & 0o7777 == 0o555)
    }

    @Test func `does not copy again what it has`() throws {
        let model = try store.adopt(source)
        var before = stat()
        #expect(stat("\(model.path)/model.pkl", &before) == 0)

        _ = try store.adopt(source)

        var after = stat()
        #expect(stat("\(model.path)/model.pkl", &after) == 0)
        #expect(before.st_ino == after.st_ino)
    }

    @Test func `sweeps what a killed copy left behind when it is opened`() throws {
        try scratch.write("models/.staging-1/half", "x")
        _ = chmod("\(scratch.path)/models/.staging-1", 0o555)
        let kept = try store.adopt(source)

        let again = try ModelStore(folder: store.folder)

        #expect(try names() == [kept.digest.hexadecimal])
        #expect(try again.digests() == [kept.digest])
    }

    @Test func `lets a model go, and one that is not there too`() throws {
        let model = try store.adopt(source)

        try store.discard(model.digest)
        try store.discard(model.digest)

        #expect(try names().isEmpty)
        #expect(store.stored(model.digest) == nil)
    }

    @Test func `makes a file of a link that stays inside`() throws {
        try scratch.write("iris/data/a", "a")
        #expect(symlink("../data/a", "\(source)/data/b") == 0)
        #expect(symlink("data/b", "\(source)/c") == 0)

        let model = try store.adopt(source)

        var status = stat()
        #expect(lstat("\(model.path)/c", &status) == 0)
        #expect(status.st_mode & S_IFMT == S_IFREG)
        #expect(try scratch.text("models/\(model.digest)/c") == "a")
    }

    @Test(arguments: [
        ("/etc/passwd", "pathEscapes"), ("../outside", "pathEscapes"), ("nothing", "missingFile"),
        ("data/../../iris/model.pkl", "pathEscapes"), ("data", "linkNotAllowed"),
        ("self", "linkNotAllowed"),
    ])
    func `refuses a link that leaves, loops, or leads to a folder or nothing`(
        _ target: String,
        _ expected: String
    ) throws {
        try scratch.write("iris/data/a", "a")
        try scratch.write("outside", "o")
        #expect(symlink(target, "\(source)/self") == 0)

        #expect(code { _ = try store.adopt(source) } == expected)
        #expect(try names().isEmpty)
    }

    @Test func `refuses pipes and sockets without waiting for them`() throws {
        #expect(mkfifo("\(source)/pipe", 0o600) == 0)

        #expect(code { _ = try store.adopt(source) } == "specialFile")
        #expect(try names().isEmpty)
    }

    @Test func `refuses names that could not be told`() throws {
        try scratch.write("iris/a\nb", "x")

        #expect(code { _ = try store.adopt(source) } == "fileName")
    }

    @Test func `notices a source that changes while it is read`() throws {
        let tree = try SourceTree(path: source)
        let before = try tree.list()

        try scratch.write("iris/model.pkl", "longer")

        #expect(code { try tree.checkUnchanged(since: before) } == "sourceChanged")
        #expect(
            code {
                mkdir("\(store.folder)/.staging-x", 0o700)
                _ = try StagedCopy.make(
                    of: tree,
                    entries: before,
                    in: "\(store.folder)/.staging-x"
                )
            } == "sourceChanged"
        )
    }

    @Test func `tells a full disk from other failures, for the caller's 507`() {
        #expect(StoreError.writing(ENOSPC, "copy 'x'").kind == .exhausted)
        #expect(StoreError.writing(EDQUOT, "copy 'x'").code == "diskFull")
        #expect(StoreError.writing(EIO, "copy 'x'").kind == .failed)
    }

    @Test(.enabled(if: geteuid() == 0, "a small file system needs root"))
    func `keeps nothing of a copy that filled the disk`() throws {
        let small = "\(scratch.path)/small"
        mkdir(small, 0o700)
        // A sandbox may forbid mounting even to root: then there is no disk to fill.
        guard mount("tmpfs", small, "tmpfs", 0, "size=64k") == 0 else { return }
        defer { umount(small) }
        try scratch.write("iris/large", String(repeating: "x", count: 200_000))
        let full = try ModelStore(folder: "\(small)/models")

        #expect(code { _ = try full.adopt(source) } == "diskFull")
        #expect(try FileTree.names(in: full.folder).isEmpty)
    }

    @Test(.enabled(if: geteuid() == 0, "a small file system needs root"))
    func `copies a sparse file with its holes, byte for byte`() throws {
        let small = "\(scratch.path)/small"
        mkdir(small, 0o700)
        guard mount("tmpfs", small, "tmpfs", 0, "size=4m") == 0 else { return }
        defer { umount(small) }
        let file = open("\(source)/sparse", O_WRONLY | O_CREAT, 0o600)
        #expect(pwrite(file, "head", 4, 0) == 4)
        #expect(pwrite(file, "tail", 4, 20 << 20) == 4)
        #expect(ftruncate(file, 30 << 20) == 0)
        _ = close(file)

        let store = try ModelStore(folder: "\(small)/models")
        let model = try store.adopt(source)

        let copy = "\(store.folder)/\(model.digest)/sparse"
        #expect(FileManager.default.contentsEqual(atPath: copy, andPath: "\(source)/sparse"))
    }
}
