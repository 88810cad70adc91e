// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Manifests
import TestSupport
import Testing
import Vocabulary

@testable import ModelStore

#if canImport(Glibc)
import Glibc
#endif

@Suite struct `An archive of a model` {
    private let scratch: ScratchFolder
    private let store: ModelStore

    init() throws {
        scratch = try ScratchFolder()
        store = try ModelStore(folder: "\(scratch.path)/store")
    }

    private func pack(
        _ entries: [PackedEntry],
        as packing: Packing = .gzip,
        name: String = "iris"
    ) -> String {
        let path = "\(scratch.path)/\(name)\(packing.rawValue)"
        packing.write(entries, to: path)
        return path
    }

    @Test(arguments: Packing.allCases)
    func `is the same copy as the directory it was packed from`(_ packing: Packing) throws {
        try scratch.writeModel("iris")
        let plain = try store.adopt("\(scratch.path)/iris")
        try store.discard(plain.digest)

        let stored = try store.adopt(archive: pack(Packing.model(), as: packing))

        #expect(stored == plain)
        #expect(try FileTree.names(in: store.folder) == [stored.digest.hexadecimal])
        #expect(ModelCheck(path: pack(Packing.model(), as: packing)).isServable)
    }

    @Test func `is unpacked no further once nobody wants it`() throws {
        let files = try UnpackedFiles(path: scratch.path)
        let interruption = Interruption()
        let begun = interruption.perform { () throws(Problem) in try files.beginFile("a") }
        try begun.get()
        interruption.want()

        let inside = interruption.perform { () throws(Problem) in
            try files.write(UnsafeRawBufferPointer(start: nil, count: 0))
        }
        let between = interruption.perform { () throws(Problem) in try files.beginFile("b") }

        #expect(code { try inside.get() } == "interrupted")
        #expect(code { try between.get() } == "interrupted")
        #expect(access("\(scratch.path)/b", F_OK) != 0)
    }

    @Test(arguments: ["./", "iris/", "run/artifacts/"])
    func `may have one or two folders above the model`(_ above: String) throws {
        let path = pack(Packing.model(above: above))

        let check = ModelCheck(path: path)
        #expect(check.isServable)
        #expect(check.endpoint?.text == "iris")
        let stored = try store.adopt(archive: path)
        #expect(
            try FileTree.names(in: stored.path) == ["MLmodel", "model.pkl", "requirements.txt"]
        )
        #expect(try store.adopt(archive: path) == stored)
        #expect(try FileTree.names(in: store.folder) == [stored.digest.hexadecimal])
    }

    @Test func `with two models in it, or none, is refused with their names`() throws {
        let two = pack(Packing.model(above: "a/") + Packing.model(above: "b/"))
        let problem = try #require(ModelCheck(path: two).problems.first)
        #expect(problem.code == "severalModels")
        #expect(problem.what.contains("'a', 'b'"))
        #expect(code { _ = try store.adopt(archive: two) } == "severalModels")

        let none = pack(Packing.model(above: "a/b/c/"))
        #expect(ModelCheck(path: none).problems.map(\.code) == ["noModel"])
        #expect(code { _ = try store.adopt(archive: none) } == "noModel")
        #expect(try FileTree.names(in: store.folder).isEmpty)
    }

    @Test func `row 9, keeps no owner, no special bits and no program`() throws {
        for packing in Packing.allCases {
            let entries =
                Packing.model() + [
                    PackedEntry("run", "#!", mode: 0o6755),
                    PackedEntry("d/open", "x", mode: 0o1777),
                ]
            let stored = try store.adopt(archive: pack(entries, as: packing))
            for (name, mode) in [("run", 0o444), ("d/open", 0o444), ("d", 0o555), (".", 0o555)] {
                var status = stat()
                #expect(lstat("\(stored.path)/\(name)", &status) == 0)
                #expect(Int(status.st_mode & 0o7777) == mode, "\(packing) \(name)")
                #expect(status.st_uid == geteuid())
            }
            try store.discard(stored.digest)
        }
    }

    @Test func `row 9, is unpacked as 0644 and 0755 whatever its modes are`() throws {
        let target = "\(scratch.path)/out"
        mkdir(target, 0o700)
        var files = try UnpackedFiles(path: target)
        let path = pack([
            PackedEntry("a/secret", "x", mode: 0o4000), PackedEntry("b", .directory),
        ])

        try ArchiveReader.read(path, into: &files)

        for (name, mode) in [("a/secret", 0o644), ("a", 0o755), ("b", 0o755)] {
            var status = stat()
            #expect(lstat("\(target)/\(name)", &status) == 0)
            // What this process's mask takes is the person's own choice.
            #expect(Int(status.st_mode & 0o7777) & ~mode == 0, "\(name)")
        }
    }

    @Test func `row 14, may have two names that differ in case`() throws {
        let path = pack(Packing.model() + [PackedEntry("A", "1"), PackedEntry("a", "2")])

        let stored = try store.adopt(archive: path)

        #expect(try String(contentsOfFile: stored.path + "/A", encoding: .utf8) == "1")
    }

    @Test func `row 17, may have names in any script`() throws {
        for packing in Packing.allCases {
            let path = pack(Packing.model() + [PackedEntry("größe-模型", "1")], as: packing)
            let stored = try store.adopt(archive: path)
            #expect(try FileTree.names(in: stored.path).contains("größe-模型"), "\(packing)")
            try store.discard(stored.digest)
        }
    }

    @Test func `row 17, may have names that its zip says are UTF-8`() throws {
        let path = pack(Packing.model() + [PackedEntry("größe-模型", "1")], as: .zip)
        var bytes = Array(try Data(contentsOf: URL(filePath: path)))
        for index in bytes.indices.dropLast(10) {
            // Bit 11 of the flags, in a file's own header and in the directory.
            if bytes[index...].starts(with: [0x50, 0x4B, 3, 4]) { bytes[index + 7] |= 8 }
            if bytes[index...].starts(with: [0x50, 0x4B, 1, 2]) { bytes[index + 9] |= 8 }
        }
        try Data(bytes).write(to: URL(filePath: path))

        let stored = try store.adopt(archive: path)

        #expect(try FileTree.names(in: stored.path).contains("größe-模型"))
    }

    @Test func `is looked at again when its document changes or is being written`() throws {
        let folder = DropFolder(path: "\(scratch.path)/models")
        mkdir(folder.path, 0o700)
        Packing.gzip.write(Packing.model(), to: "\(folder.path)/iris.tar.gz")
        func look() throws -> DropObservation {
            guard case .folder(let listing) = folder.scan(wantsDetails: { _, _ in true }) else {
                throw Problem(.failed, code: "gone", what: "the folder is gone")
            }
            #expect(listing.observations.map(\.name) == ["iris.tar.gz"])
            return try #require(listing.observations.first)
        }
        let alone = try look()

        try scratch.write("models/iris.yml", "instance_count: 2\n")
        #expect(try look().fingerprint != alone.fingerprint)
        #expect(try look().details?.isBeingWritten == false)

        let file = open("\(folder.path)/iris.yml", O_WRONLY)
        defer { _ = close(file) }
        #expect(try look().details?.isBeingWritten == true)
    }

    @Test func `is written through no link that stands in its way`() throws {
        let target = "\(scratch.path)/out"
        mkdir(target, 0o700)
        mkdir("\(scratch.path)/outside", 0o700)
        #expect(symlink("\(scratch.path)/outside", "\(target)/a") == 0)
        #expect(symlink("\(scratch.path)/outside/b", "\(target)/b") == 0)
        let files = try UnpackedFiles(path: target)

        #expect(code { try files.beginFile("a/evil") } != nil)
        #expect(code { try files.beginFile("b") } != nil)
        #expect(try FileTree.names(in: "\(scratch.path)/outside").isEmpty)
    }

    @Test func `is found in the models folder with its document, by its name alone`() throws {
        let folder = "\(scratch.path)/models"
        mkdir(folder, 0o700)
        for packing in Packing.allCases {
            let name = "iris\(packing.rawValue)"
            packing.write(Packing.model(), to: "\(folder)/\(name)")
            try scratch.write("models/iris.yml", "instance_count: 2\n")
            var watch = DropFolderWatch(at: .zero)
            var words: [String] = []
            for second in 0..<5 {
                if second == 3 {
                    unlink("\(folder)/\(name)")
                    unlink("\(folder)/iris.yml")
                }
                let scan = DropFolder(path: folder).scan {
                    watch.wantsDetails(of: $0, fingerprint: $1)
                }
                for event in watch.decide(scan: scan, at: .zero + .seconds(second * 2)) {
                    switch event {
                    case .appeared(let naming, let path):
                        words.append("appeared \(naming.endpoint) \(naming.isChanged)")
                        #expect(ModelCheck(path: path).settings?.instances == 2)
                    case .removed(let naming): words.append("removed \(naming.endpoint)")
                    default: words.append("\(event)")
                    }
                }
            }
            #expect(words == ["appeared iris false", "removed iris"], "\(packing)")
        }
    }

    @Test func `never brings the store down, whatever its bytes are, and leaves nothing`() throws {
        let seeds = try Packing.allCases.map { packing in
            let entries =
                Packing.model(above: "iris/", weights: String(repeating: "weight", count: 200)) + [
                    PackedEntry("iris/code", .directory), PackedEntry("iris/code/a.py", "x = 1\n"),
                ]
            return (packing, Array(try Data(contentsOf: URL(filePath: pack(entries, as: packing)))))
        }
        let around = try FileTree.names(in: scratch.path).count
        var random = SplitMix64(seed: 41)
        var kept = 0
        for round in 0..<400 {
            let (packing, seed) = seeds[round % seeds.count]
            var bytes = seed
            for _ in 0..<Int.random(in: 1...4, using: &random) where bytes.count > 1 {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                case 2: bytes.removeSubrange(place...)
                default:
                    let end = min(bytes.count, place + Int.random(in: 1...600, using: &random))
                    bytes.insert(contentsOf: bytes[place..<end], at: place)
                }
            }
            let path = "\(scratch.path)/iris\(packing.rawValue)"
            try Data(bytes).write(to: URL(filePath: path))
            _ = ModelCheck(path: path)
            if let stored = try? store.adopt(archive: path) {
                kept += 1
                try store.discard(stored.digest)
            }
            #expect(try FileTree.names(in: store.folder).isEmpty, "round \(round)")
            #expect(try FileTree.names(in: scratch.path).count == around, "round \(round)")
        }
        // Some changes harm nothing; were it all of them, nothing would have been looked at.
        #expect(kept < 200)
    }
}
