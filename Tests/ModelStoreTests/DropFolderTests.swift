// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Manifests
import Testing
import Vocabulary

@testable import ModelStore

#if canImport(Glibc)
import Glibc
#endif

@Suite struct `A look at the models folder` {
    private let scratch: ScratchFolder
    private let folder: DropFolder

    init() throws {
        scratch = try ScratchFolder()
        folder = DropFolder(path: scratch.path)
    }

    private func look() throws -> [String: DropObservation] {
        guard case .folder(let listing) = folder.scan(wantsDetails: { _, _ in true }) else {
            throw Problem(.failed, code: "gone", what: "the folder is gone")
        }
        return Dictionary(uniqueKeysWithValues: listing.observations.map { ($0.name, $0) })
    }

    @Test func `finds a whole model`() throws {
        try scratch.writeModel("iris")

        let iris = try #require(try look()["iris"])

        #expect(
            iris.details == .init(isBeingWritten: false, missing: [], refusal: nil)
        )
        #expect(iris.path == "\(scratch.path)/iris")
    }

    @Test(.timeLimit(.minutes(5)))
    func `sees a file that is held open for writing, mapped or not`() throws {
        try scratch.writeModel("iris")
        let file = open("\(scratch.path)/iris/model.pkl", O_RDWR | O_CLOEXEC)
        #expect(try look()["iris"]?.details?.isBeingWritten == true)
        let memory = mmap(nil, 1, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
        _ = close(file)
        #expect(try look()["iris"]?.details?.isBeingWritten == true)
        munmap(memory, 1)

        // A process that another test forks meanwhile holds it too, until it runs its program.
        while try look()["iris"]?.details?.isBeingWritten == true { sched_yield() }
        #expect(try look()["iris"]?.details?.isBeingWritten == false)
    }

    @Test func `sees a document that is held open for writing`() throws {
        try scratch.writeModel("iris")
        try scratch.write("iris.yml", "name: blue\n")
        let file = open("\(scratch.path)/iris.yml", O_WRONLY)
        defer { _ = close(file) }

        #expect(try look()["iris"]?.details?.isBeingWritten == true)
    }

    @Test func `sees what is missing of a model that is being copied`() throws {
        try scratch.writeModel("iris")
        unlink("\(scratch.path)/iris/model.pkl")
        #expect(try look()["iris"]?.details?.missing.map(\.code) == ["missingFile"])

        unlink("\(scratch.path)/iris/MLmodel")

        #expect(try look()["iris"]?.details?.missing.map(\.code) == ["noModel"])
    }

    @Test func `sees every change of a model and of its document, and no other`() throws {
        try scratch.writeModel("iris")
        var last = try look()["iris"]?.fingerprint
        func hasChanged() throws -> Bool {
            let now = try look()["iris"]?.fingerprint
            defer { last = now }
            return now != last
        }

        #expect(try !hasChanged())
        try scratch.write("iris/model.pkl", "other")
        #expect(try hasChanged())
        try scratch.write("iris/more", "")
        #expect(try hasChanged())
        try scratch.write("iris.yml", "name: blue\n")
        #expect(try hasChanged())
        try scratch.write("wine.yml", "name: blue\n")
        #expect(try !hasChanged())
        unlink("\(scratch.path)/iris.yml")
        #expect(try hasChanged())
    }

    @Test func `takes no closer look at what is settled`() throws {
        try scratch.writeModel("iris")

        guard case .folder(let listing) = folder.scan(wantsDetails: { _, _ in false }) else {
            Issue.record("the folder is gone")
            return
        }

        #expect(listing.observations.map(\.details) == [nil])
    }

    @Test func `says why a file is no model`() throws {
        try scratch.write("alone.yml", "name: a\n")
        try scratch.write("iris.yaml", "name: a\n")
        try scratch.write("model.pkl", "x")
        try scratch.write(".hidden", "x")
        #expect(symlink("nowhere", "\(scratch.path)/dangling") == 0)

        let seen = try look()

        #expect(seen.keys.sorted() == ["alone.yml", "iris.yaml", "model.pkl"])
        #expect(seen["alone.yml"]?.details?.refusal?.code == "documentAlone")
        #expect(seen["iris.yaml"]?.details?.refusal?.code == "documentEnding")
        #expect(seen["model.pkl"]?.details?.refusal?.code == "noModel")
    }

    @Test func `says that the folder is gone`() {
        let nowhere = DropFolder(path: "\(scratch.path)/nowhere")

        #expect(nowhere.scan(wantsDetails: { _, _ in true }) == .gone)
    }

    @Test func `tells a broken model from an incomplete one`() throws {
        try scratch.write("iris/MLmodel", "flavors: [\n")

        #expect(try look()["iris"]?.details?.refusal?.code == "syntax")
    }

    @Test func `and a watch bring a dropped model to the store`() throws {
        let store = try ModelStore(folder: "\(scratch.path)/.models")
        var watch = DropFolderWatch(at: .zero)
        try scratch.writeModel("my_model")

        var stored: [StoredModel] = []
        for second in 0..<4 {
            let scan = folder.scan { watch.wantsDetails(of: $0, fingerprint: $1) }
            for event in watch.decide(scan: scan, at: .zero + .seconds(second)) {
                guard case .appeared(let naming, let path) = event else { continue }
                #expect(naming.endpoint.text == "my-model")
                stored.append(try store.adopt(path))
            }
        }

        #expect(stored.count == 1)
        #expect(try store.digests() == stored.map(\.digest))
    }
}
