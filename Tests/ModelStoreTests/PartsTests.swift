// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Vocabulary

@testable import ModelStore

@Suite struct `What a scorer of one's own is given` {
    private let scratch: ScratchFolder
    private let store: ModelStore

    init() throws {
        scratch = try ScratchFolder()
        try scratch.write("weights/a/deep.bin", "deep")
        try scratch.write("weights/top.bin", "top")
        store = try ModelStore(folder: "\(scratch.path)/models")
    }

    private func names(_ stored: StoredModel, _ below: String = "") throws -> [String] {
        try FileTree.names(in: "\(stored.path)\(below)")
    }

    @Test func `keeps a folder's leaf name, as in Azure`() throws {
        let stored = try store.adopt(files: "\(scratch.path)/weights", named: "weights")

        #expect(try names(stored) == ["weights"])
        #expect(try names(stored, "/weights") == ["a", "top.bin"])
        #expect(try scratch.text("models/\(stored.digest)/weights/a/deep.bin") == "deep")
    }

    @Test func `holds a file by itself, without its neighbours`() throws {
        let stored = try store.adopt(files: "\(scratch.path)/weights/top.bin", named: "top.bin")

        #expect(try names(stored) == ["top.bin"])
        #expect(try scratch.text("models/\(stored.digest)/top.bin") == "top")
    }

    @Test func `follows the link that is named, and calls the file as the link is called`() throws {
        try FileManager.default.createSymbolicLink(
            atPath: "\(scratch.path)/newest.bin",
            withDestinationPath: "weights/top.bin"
        )

        let stored = try store.adopt(files: "\(scratch.path)/newest.bin", named: "newest.bin")

        #expect(try names(stored) == ["newest.bin"])
        #expect(try scratch.text("models/\(stored.digest)/newest.bin") == "top")
    }

    @Test func `is another copy under another name, and the same under the same`() throws {
        let folder = "\(scratch.path)/weights"

        let first = try store.adopt(files: folder, named: "weights")
        let again = try store.adopt(files: folder, named: "weights")
        let other = try store.adopt(files: folder, named: "others")

        #expect(first == again)
        #expect(first.digest != other.digest)
        #expect(first.digest != (try store.adopt(folder)).digest)
    }

    @Test func `comes without what tools leave in the folder of its code`() throws {
        try scratch.write("src/score.py", "pass")
        let clean = try store.adopt(code: "\(scratch.path)/src")
        try scratch.write("src/__pycache__/score.pyc", "x")
        try scratch.write("src/.git/HEAD", "x")

        let used = try store.adopt(code: "\(scratch.path)/src")

        #expect(used == clean)
        #expect(try names(used) == ["score.py"])
    }

    @Test func `is refused where nothing is`() {
        let nothing = "\(scratch.path)/nothing"

        #expect(code { _ = try store.adopt(files: nothing, named: "no") } == "cannotRead")
    }
}
