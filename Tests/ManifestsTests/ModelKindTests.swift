// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Vocabulary

@testable import Manifests

#if canImport(Glibc)
import Glibc
#endif

@Suite final class `A path named as a model` {
    private let root: String

    init() throws {
        root =
            FileManager.default.temporaryDirectory
            .appending(path: "model-kind-\(UUID().uuidString)").path
        try write("iris/MLmodel", Array("flavors: {}\n".utf8))
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    private func write(_ relative: String, _ bytes: [UInt8]) throws {
        let url = URL(filePath: "\(root)/\(relative)")
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(bytes).write(to: url)
    }

    private func kind(_ relative: String) -> ModelKind {
        ModelKind.recognise("\(root)/\(relative)")
    }

    @Test func `is a model where MLmodel lies, and says where it lies otherwise`() throws {
        try write("wrapped/model/MLmodel", Array("x".utf8))
        try write("iris/code/a.py", [])
        try write("triton/resnet/config.pbtxt", [])
        try write("nothing/here.txt", [])

        #expect(kind("iris") == .mlflow)
        #expect(kind("iris/") == .mlflow)
        #expect(kind("wrapped") == .modelBelow("model"))
        #expect(kind("iris/code") == .modelAbove)
        #expect(kind("triton") == .triton)
        #expect(kind("nothing") == .directory)
        #expect(kind("absent") == .missing)
    }

    @Test func `that holds a document is refused with the document's name`() throws {
        try write("flowers/deployment.yml", Array("name: blue\nendpoint_name: flowers\n".utf8))
        try write("flowers/conda.yml", Array("dependencies: []\n".utf8))
        try write("other/b.yaml", Array("endpoint_name: other\n".utf8))
        try write("two/a.yml", Array("endpoint_name: a\n".utf8))
        try write("two/b.yml", Array("endpoint_name: b\n".utf8))
        func remedy(_ relative: String) -> String {
            kind(relative).refusal(of: "\(root)/\(relative)")?.remedy ?? "none"
        }

        #expect(remedy("flowers").contains("deploy -f \(root)/flowers/deployment.yml'"))
        #expect(remedy("flowers/").contains("deploy -f \(root)/flowers/deployment.yml'"))
        #expect(remedy("other").contains("deploy -f \(root)/other/b.yaml'"))
        #expect(remedy("two").contains("mlflow.sklearn.save_model"))
        #expect(remedy("two/a.yml").contains("deploy -f \(root)/two/a.yml'"))
        try write("two/score.py", Array("def init(): pass\n".utf8))
        #expect(remedy("two/score.py").contains("scorekeeper debug \(root)/two/score.py'"))
    }

    @Test func `row 16, is told by its content, not by its ending`() throws {
        try write("a.zip", [])
        try write("b.tar.gz", Array("not an archive at all, only text".utf8))
        try write("c.pkl", [0x80, 0x04, 0x95])
        try write("d.txt", [0x7F, 0x45, 0x4C, 0x46, 2, 1])
        try write("e.onnx", Array("#!/bin/sh\n".utf8))

        #expect(kind("a.zip") == .emptyFile)
        #expect(kind("b.tar.gz") == .file(ending: "gz"))
        #expect(kind("c.pkl") == .file(ending: "pkl"))
        #expect(kind("d.txt") == .program)
        #expect(kind("e.onnx") == .script)
    }

    @Test func `row 16, that is called an archive and begins as none, is told as damaged`() throws {
        for name in ["m.zip", "m.tar.gz", "m.tzst"] {
            try write(name, Array("whatever this is".utf8))
            let refusal = kind(name).refusal(of: name)
            #expect(refusal?.code == "archiveDamaged")
            #expect(refusal?.remedy.contains("download it again") == true)
        }
    }

    @Test func `row 16, that is an archive, is served where it is called what it is`() throws {
        let zip: [UInt8] = [0x50, 0x4B, 3, 4] + [UInt8](repeating: 0, count: 40)
        for name in ["m.zip", "m.tar.gz", "m", "m.zip.bin"] { try write(name, zip) }
        try write("m.tar.xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0, 0, 0])

        #expect(kind("m.zip") == .archive(.zip))
        #expect(kind("m.zip").refusal(of: "m.zip") == nil)
        for name in ["m.tar.gz", "m", "m.zip.bin"] {
            let refusal = kind(name).refusal(of: name)
            #expect(refusal?.code == "archiveFormat")
            #expect(refusal?.remedy.contains("'\(ArchiveForm.split(name).stem).zip'") == true)
        }
        #expect(kind("m.tar.xz") == .foreignArchive("xz"))
        #expect(kind("m.tar.xz").refusal(of: "m.tar.xz")?.kind == .unsupported)
    }

    @Test func `has its model one or two levels down, in one folder only`() throws {
        try write("run/artifacts/model/MLmodel", Array("x".utf8))
        try write("run/.hidden/MLmodel", Array("x".utf8))
        try write("nested/model/MLmodel", Array("x".utf8))
        try write("nested/model/artifacts/MLmodel", Array("x".utf8))
        try write("deep/a/b/c/MLmodel", Array("x".utf8))
        try write("two/a/MLmodel", Array("x".utf8))
        try write("two/b/MLmodel", Array("x".utf8))

        #expect(kind("run") == .modelBelow("artifacts/model"))
        #expect(kind("nested") == .modelBelow("model"))
        #expect(kind("nested").refusal(of: "nested") == nil)
        #expect(kind("deep") == .directory)
        #expect(kind("two") == .severalModels(["a", "b"]))
        #expect(kind("two").refusal(of: "two")?.what.contains("'a', 'b'") == true)
    }

    @Test func `is never waited for`() throws {
        mkfifo("\(root)/pipe", 0o600)
        mkfifo("\(root)/iris/requirements.txt", 0o600)

        #expect(kind("pipe") == .unreadable("it is neither a file nor a directory"))
        #expect(ModelDirectory(path: "\(root)/iris").kind(of: "requirements.txt") == .other)
        #expect(throws: Problem.self) {
            try ModelDirectory(path: "\(self.root)/iris").read("requirements.txt", limit: 10)
        }
    }

    @Test func `is read from its copy and called by its own name`() throws {
        try write("copies/71/requirements.txt", Array("skops\n".utf8))
        let folder = ModelDirectory(path: "/models/iris", copiedTo: "\(root)/copies/71")

        #expect(try folder.read("requirements.txt", limit: 10) == Array("skops\n".utf8))
        #expect(throws: Problem.self) { try folder.read("requirements.txt", limit: 1) }
        #expect(folder.name(of: "requirements.txt") == "/models/iris/requirements.txt")
    }

    @Test func `is read without leaving it, by its words or by its links`() throws {
        try write("secret", Array("s".utf8))
        try write("iris/data/a", Array("a".utf8))
        symlink("../secret", "\(root)/iris/out")
        symlink("data/a", "\(root)/iris/in")
        symlink("data", "\(root)/iris/folder")
        let folder = ModelDirectory(path: "\(root)/iris")

        #expect(folder.kind(of: "in") == .file)
        #expect(folder.kind(of: "data") == .directory)
        #expect(folder.kind(of: "out") == .other)
        #expect(folder.kind(of: "../secret") == .other)
        #expect(folder.kind(of: "folder/a") == .other)
        #expect(folder.kind(of: "absent") == nil)
        #expect(try folder.read("in", limit: 10) == Array("a".utf8))
        #expect(throws: Problem.self) { try folder.read("out", limit: 10) }
        #expect(throws: Problem.self) { try folder.read("MLmodel", limit: 3) }
    }
}
