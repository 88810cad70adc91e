// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@testable import Manifests

@Suite struct `Instance types` {
    private func find(
        _ name: String,
        among types: InstanceTypes = InstanceTypes()
    ) throws
        -> InstanceType
    {
        let place = Problem.Location(file: "blue.yml", line: 4, column: 16)
        return try types.find(WrittenName(text: name, location: place))
    }

    private func read(_ text: String) -> Reading<InstanceTypes> {
        InstanceTypesReader.read(Array(text.utf8), file: "types.yml")
    }

    @Test(arguments: [
        ("Standard_DS1_v2", 1, 3.5, false), ("Standard_DS2_v2", 2, 7, false),
        ("Standard_DS3_v2", 4, 14, false), ("Standard_DS4_v2", 8, 28, false),
        ("Standard_DS5_v2", 16, 56, false), ("Standard_F2s_v2", 2, 4, false),
        ("Standard_F4s_v2", 4, 8, false), ("Standard_F72s_v2", 72, 144, false),
        ("Standard_E2s_v3", 2, 16, false), ("Standard_E16s_v3", 16, 128, false),
        ("Standard_E64s_v3", 64, 432, false), ("Standard_D2_v3", 2, 8, false),
        ("Standard_D4s_v4", 4, 16, false), ("Standard_D96_v5", 96, 384, false),
        ("Standard_NC6s_v3", 6, 112, false), ("Standard_NC24ads_A100_v4", 24, 220, true),
        ("Standard_ND40rs_v2", 40, 672, true), ("Standard_ND96isr_H100_v5", 96, 1_900, true),
    ])
    func `of Azure's have its cores and memory, and some keep no reserve`(
        name: String,
        cores: Int,
        gibibytes: Double,
        isExempt: Bool
    ) throws {
        let type = try find(name)

        #expect(type.millicores == cores * 1_000)
        #expect(type.memoryBytes == Int64(gibibytes * Double(1 << 30)))
        #expect(type.isExemptFromSurge == isExempt)
    }

    @Test func `that keep no reserve are those of Azure's list`() {
        let exempt = InstanceType.azures.filter(\.isExemptFromSurge).map { $0.name.lowercased() }

        #expect(
            exempt.sorted() == [
                "standard_nc24ads_a100_v4", "standard_nc40ads_h100_v5", "standard_nc48ads_a100_v4",
                "standard_nc80adis_h100_v5", "standard_nc96ads_a100_v4", "standard_nd40rs_v2",
                "standard_nd96amsr_a100_v4", "standard_nd96asr_v4", "standard_nd96is_h100_v5",
                "standard_nd96isr_h100_v5",
            ]
        )
    }

    @Test func `have names of their own, whatever their case`() throws {
        let names = InstanceType.azures.map { $0.name.lowercased() }

        #expect(Set(names).count == names.count)
        #expect(try find("standard_ds3_V2").name == "Standard_DS3_v2")
        #expect(try find("Shared") == .shared)
    }

    @Test func `that nobody knows are refused, with the nearest and the place`() {
        let problem = #expect(throws: Problem.self) { try find("Standard_DS3v2") }

        #expect(problem?.code == "unknownInstanceType")
        #expect(problem?.description.hasPrefix("blue.yml:4:16: there is no instance type ") == true)
        #expect(problem?.remedy.contains("did you mean 'Standard_DS3_v2'?") == true)
        #expect(problem?.remedy.contains("--instance-types FILE") == true)
    }

    @Test func `of the operator's own are found, and named when they are near`() throws {
        let text = """
            small: { cores: 0.5, memory: 2GiB }
            Batch: { cores: 8, memory: 32GiB, gpus: 2, exempt_from_reserve: true }
            standard_ds3_v2: { cores: 1, memory: 1GiB }
            """
        let types = try read(text).get()

        #expect(
            try find("SMALL", among: types)
                == InstanceType(name: "small", millicores: 500, memoryBytes: 2 << 30)
        )
        #expect(
            try find("batch", among: types)
                == InstanceType(
                    name: "Batch",
                    millicores: 8_000,
                    memoryBytes: 32 << 30,
                    gpus: 2,
                    isExemptFromSurge: true
                )
        )
        #expect(try find("Standard_DS3_v2", among: types).millicores == 1_000)
        let problem = #expect(throws: Problem.self) { try find("smal", among: types) }
        #expect(problem?.remedy.contains("did you mean 'small'?") == true)
    }

    @Test func `of a wrong file are refused all at once, each at its place`() {
        let text = """
            good: { cores: 1, memory: 1GiB }
            Good: { cores: 1, memory: 1GiB }
            a b: { cores: 1, memory: 1GiB }
            shared: { cores: 1, memory: 1GiB }
            none: { cores: 0, memory: 1GiB }
            much: { cores: 2000, memory: 1GiB }
            bare: { memory: 1GiB }
            vast: { cores: 1, memory: 1MB }
            word: { cores: 1, memory: 1GiB, gpus: many }
            typo: { cores: 1, memory: 1GiB, exempt_from_reserv: true }
            list: [1, 2]
            tiny: { cores: 0.009, memory: 1GiB }
            least: { cores: 0.01, memory: 1GiB }
            """

        let findings = read(text).findings

        #expect(
            places(findings) == [
                "duplicateInstanceType 2:1", "instanceTypeName 3:1", "instanceTypeName 4:1",
                "range 5:16", "range 6:16", "missingKey 7:1", "size 8:27", "range 9:39",
                "unknownKey 10:33", "notAMapping 11:7", "range 12:16",
            ]
        )
        #expect(findings.problems.last?.remedy.hasPrefix("write 0.01 to 1024 cores") == true)
        #expect(findings.problems[8].remedy == "did you mean 'exempt_from_reserve'?")
        #expect(read(text).value == nil)
    }

    @Test(arguments: ["[1]", "text", "a: {cores: 1", ""])
    func `are no file at all where it is no mapping`(text: String) {
        let reading = read(text)

        #expect(reading.value == nil)
        #expect(reading.findings.problems.count == 1)
    }

    @Test func `that a server may know are told where none is asked`() {
        let place = Problem.Location(file: "blue.yml", line: 4, column: 16)
        func notice(_ text: String) -> Notice? {
            InstanceTypes.notice(of: WrittenName(text: text, location: place))
        }

        #expect(notice("small")?.description.contains("the server must know it") == true)
        #expect(notice("Standard_NC6s_v3")?.code == "noGPU")
        #expect(notice("Standard_DS3_v2") == nil)
    }

    @Test func `with GPUs say that scorers get none`() throws {
        let place = Problem.Location(file: "blue.yml", line: 4, column: 16)

        let notice = InstanceTypes.notice(of: try find("Standard_NC6s_v3"), at: place)

        #expect(
            notice?.description
                == "blue.yml:4:16: 'Standard_NC6s_v3' has 1 GPU, and scorers are given none: it gets its "
                + "6 cores and 112 GiB"
        )
        #expect(InstanceTypes.notice(of: try find("Standard_DS3_v2"), at: place) == nil)
    }
}
