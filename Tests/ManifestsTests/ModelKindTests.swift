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

    @Test func `that is an archive, is refused with what is in it and how to unpack it`() throws {
        for (file, command, word) in [
            ("m.bin", ["/usr/bin/tar", "-czf", "\(root)/m.bin", "-C", root, "iris"], "tar -xf"),
            ("m.tar", ["/usr/bin/tar", "-cf", "\(root)/m.tar", "-C", root, "iris"], "tar -xf"),
        ] {
            let process = Process()
            process.executableURL = URL(filePath: command[0])
            process.arguments = Array(command.dropFirst())
            try process.run()
            process.waitUntilExit()
            guard case .archive(let archive) = kind(file) else {
                Issue.record("'\(file)' is \(kind(file).words)")
                continue
            }
            #expect(archive.modelPath == "iris/MLmodel")
            #expect(kind(file).refusal(of: file)?.remedy.contains(word) == true)
        }
    }

    @Test func `that is a zip of one stored file, is refused with unzip`() throws {
        // One entry 'x/MLmodel' of no bytes: local header, central directory, end.
        let name = Array("x/MLmodel".utf8)
        let zeros = { (count: Int) in [UInt8](repeating: 0, count: count) }
        let length: [UInt8] = [UInt8(name.count), 0]
        let local = [0x50, 0x4B, 3, 4, 10, 0] + zeros(20) + length + zeros(2) + name
        let central =
            [0x50, 0x4B, 1, 2, 10, 0, 10, 0] + zeros(20) + length + zeros(16) + name
        let end =
            [0x50, 0x4B, 5, 6] + zeros(4) + [1, 0, 1, 0, UInt8(central.count), 0, 0, 0]
            + [UInt8(local.count), 0, 0, 0] + zeros(2)
        try write("my model.zip", local + central + end)

        let refusal = kind("my model.zip").refusal(of: "my model.zip")

        #expect(refusal?.what.contains("with 'x/MLmodel' in it") == true)
        #expect(refusal?.remedy == "unpack it: unzip 'my model.zip' -d 'my model'")
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
