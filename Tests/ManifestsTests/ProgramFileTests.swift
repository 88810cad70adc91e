// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Vocabulary

@testable import Manifests

/// An ELF file of 64 bits with the segments that are given.
private func elf(
    kind: UInt16 = 3,
    machine: UInt16 = 62,
    segments: [(kind: UInt32, offset: UInt64, address: UInt64, file: UInt64, memory: UInt64)] = [],
    tail: [UInt8] = []
) -> [UInt8] {
    func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }
    var file: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9)
    file += bytes(kind) + bytes(machine) + bytes(UInt32(1)) + bytes(UInt64(0)) + bytes(UInt64(64))
    file += bytes(UInt64(0)) + bytes(UInt32(0)) + bytes(UInt16(64)) + bytes(UInt16(56))
    file += bytes(UInt16(segments.count)) + [UInt8](repeating: 0, count: 6)
    for segment in segments {
        file += bytes(segment.kind) + bytes(UInt32(5)) + bytes(segment.offset)
        file += bytes(segment.address) + bytes(segment.address)
        file += bytes(segment.file) + bytes(segment.memory) + bytes(UInt64(4096))
    }
    return file + tail
}

private func read(_ bytes: [UInt8]) throws(ElfFile.Fault) -> ElfFile {
    try ElfFile { offset, count in
        Array(bytes.dropFirst(Int(clamping: offset)).prefix(count))
    }
}

@Suite struct `An ELF file` {
    @Test func `tells its machine, its kind and its loader`() throws {
        let loader = Array("/lib64/ld-linux-x86-64.so.2\0".utf8)
        let size = UInt64(loader.count)
        let bytes = elf(segments: [(3, 120, 120, size, size)], tail: loader)

        let file = try read(bytes)

        #expect(file.machine == 62)
        #expect(file.bits == 64)
        #expect(file.kind == .shared)
        #expect(file.interpreter == "/lib64/ld-linux-x86-64.so.2")
        #expect(!file.isAudited)
    }

    @Test func `with an audit library tells that code would run when it is listed`() throws {
        let tag: [UInt8] = [0xFC, 0xFE, 0xFF, 0x6F] + [UInt8](repeating: 0, count: 12)
        let dynamic = tag + [UInt8](repeating: 0, count: 16)
        let bytes = elf(segments: [(2, 120, 120, 32, 32)], tail: dynamic)

        #expect(try read(bytes).isAudited)
    }

    @Test func `whose segments lie over each other is damaged`() {
        let over = elf(segments: [(1, 0, 4096, 100, 4096), (1, 0, 4096, 100, 4096)])
        let around = elf(segments: [(1, 0, .max, 100, 4096)])
        let back = elf(segments: [(1, 0, 8192, 100, 100), (1, 0, 0, 100, 100)])

        for bytes in [over, around, back] {
            #expect(throws: ElfFile.Fault.self) { try read(bytes) }
        }
    }

    @Test func `never brings the reader down, whatever its bytes are`() throws {
        let loader = Array("/lib64/ld-linux-x86-64.so.2\0".utf8)
        let bytes = elf(
            segments: [(1, 0, 0, 300, 300), (3, 176, 176, 28, 28), (2, 100, 100, 64, 64)],
            tail: loader
        )
        var random = Mutations(seed: 19)
        for _ in 0..<2_000 {
            let mutated = random.mutated(bytes)
            let file = try? read(mutated)
            #expect(file?.interpreter?.hasPrefix("/") ?? true)
        }
    }
}

@Suite struct `A program of one's own` {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private func refusal(_ text: String, isProgram: Bool = true) throws -> String? {
        try scratch.write("program", text, isProgram: isProgram)
        do throws(Problem) {
            _ = try ProgramFile(path: "\(scratch.path)/program")
            return nil
        } catch {
            return error.code
        }
    }

    @Test func `in a script's form is started by the interpreter of its first line`() throws {
        try scratch.write("plain", "#!/bin/sh -e\n", isProgram: true)
        try scratch.write("searched", "#!/usr/bin/env -S A=b sh -e\n", isProgram: true)

        #expect(try ProgramFile(path: "\(scratch.path)/plain").start == .interpreter("/bin/sh"))
        let searched = try ProgramFile(path: "\(scratch.path)/searched").start
        #expect(searched == .interpreter("/usr/bin/sh") || searched == .interpreter("/bin/sh"))
    }

    @Test func `whose interpreter is not there or not seen by scorers is refused`() throws {
        #expect(try refusal("#!/usr/bin/no-such-interpreter\n") == "noInterpreter")
        #expect(try refusal("#!/usr/bin/env no-such-interpreter\n") == "noInterpreter")
        #expect(try refusal("#!python\n") == "noInterpreter")
        try scratch.write("interpreter", "#!/bin/sh\n", isProgram: true)
        #expect(try refusal("#!\(scratch.path)/interpreter\n") == "hiddenInterpreter")
    }

    @Test func `that may not be executed, or is none, is refused`() throws {
        #expect(try refusal("#!/bin/sh\n", isProgram: false) == "notExecutable")
        #expect(try refusal("echo\n") == "notAProgram")
        #expect(try refusal("") == "notAProgram")
        try scratch.write("sums.py", "import scorekeeper_kit\n", isProgram: true)
        let problem = #expect(throws: Problem.self) {
            try ProgramFile(path: "\(scratch.path)/sums.py")
        }
        #expect(problem?.remedy.contains("scorekeeper_kit.bundle") == true)
    }

    @Test func `for another machine is told which`() throws {
        let path = "\(scratch.path)/foreign"
        try Data(elf(machine: 243)).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)

        let problem = #expect(throws: Problem.self) { try ProgramFile(path: path) }

        #expect(problem?.code == "foreignProgram")
        #expect(problem?.what.contains("riscv64") == true)
        #expect(problem?.what.contains(MachineKind.here.name) == true)
    }
}
