// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Vocabulary

@Suite struct `An amount` {
    @Test(arguments: [
        ("4", 4_000), ("0.5", 500), ("21.333", 21_333), ("64", 64_000), ("1.05", 1_050),
    ])
    func `of cores is written as it is read`(text: String, millicores: Int) {
        #expect(CoreCount(text)?.millicores == millicores)
        #expect(CoreCount(millicores: millicores).description == text)
    }

    @Test(arguments: ["", "0", "0.0", "-1", "1.", ".5", "1.2.3", "1.0001", "1e3", "99999999", "١"])
    func `of cores that is none, or too much, is not read`(text: String) {
        #expect(CoreCount(text) == nil)
    }

    @Test func `of cores is counted like everything else`() {
        #expect(CoreCount(millicores: 1_000).counted == "1 core")
        #expect(CoreCount(millicores: 500).counted == "0.5 cores")
    }

    @Test func `of cores below nothing keeps its sign`() {
        #expect(CoreCount(millicores: -1_500).description == "-1.5")
    }

    @Test(arguments: [
        ("262144", 262_144), ("256KiB", 262_144), ("16 MiB", 16 << 20), ("3GiB", 3 << 30),
    ])
    func `of bytes is read with its unit`(text: String, bytes: Int64) {
        #expect(ByteCount(text)?.bytes == bytes)
    }

    @Test(arguments: ["", "GiB", "-1", "1MB", "1.5GiB", "9999999999GiB"])
    func `of bytes that is none, or too much, is not read`(text: String) {
        #expect(ByteCount(text) == nil)
    }

    @Test func `of machine that was written down before GPUs were counted has none`() throws {
        let text = """
            {"name": "shared", "millicores": 0, "memoryBytes": 4294967296, "isExemptFromSurge": false}
            """

        let type = try JSONDecoder().decode(InstanceType.self, from: Data(text.utf8))

        #expect(type == .shared)
    }

    @Test func `of machine weighs as much as its cores, and little where it has none`() {
        let type = InstanceType(name: "c4", millicores: 4_000, memoryBytes: 1)

        #expect(type.weight == 4_000)
        #expect((1..<1_000).contains(InstanceType.shared.weight))
    }
}
