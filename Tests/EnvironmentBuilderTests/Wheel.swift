// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A small pure Python package, written as the wheel that an installer takes.
struct Wheel {
    var name: String
    var version = "1.0"
    var requires: [String] = []
    /// Modules beside `__init__.py`: path below the package to text.
    var modules: [(path: String, text: String)] = []

    /// Writes the wheel into `folder`.
    func write(to folder: String) throws {
        let info = "\(name)-\(version).dist-info"
        var metadata = "Metadata-Version: 2.1\nName: \(name)\nVersion: \(version)\n"
        for line in requires { metadata += "Requires-Dist: \(line)\n" }
        let tag = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        let entry = "[console_scripts]\n\(name)-say = \(name):say\n"
        let source = "def say():\n    print('\(name) \(version)')\n"
        var files = [(path: "\(name)/__init__.py", text: source)]
        files += modules.map { ("\(name)/\($0.path)", $0.text) }
        files += [
            ("\(info)/METADATA", metadata), ("\(info)/WHEEL", tag),
            ("\(info)/entry_points.txt", entry),
        ]
        let record = (files.map(\.path) + ["\(info)/RECORD"]).map { "\($0),,\n" }.joined()
        files.append(("\(info)/RECORD", record))
        let path = "\(folder)/\(name)-\(version)-py3-none-any.whl"
        try Data(Self.zip(files)).write(to: URL(fileURLWithPath: path))
    }

    // Stored, not compressed: APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16.
    private static func zip(_ files: [(path: String, text: String)]) -> [UInt8] {
        var archive: [UInt8] = []
        var directory: [UInt8] = []
        for file in files {
            let (name, content) = (Array(file.path.utf8), Array(file.text.utf8))
            let offset = archive.count
            let size = little(content.count, 4)
            // Version 2.0, no flags, stored, 1980-01-01.
            let common =
                little(20, 2) + little(0, 4) + little(0, 2) + little(0x21, 2)
                + little(Int(checksum(content)), 4) + size + size + little(name.count, 2)
                + little(0, 2)
            archive += little(0x0403_4b50, 4) + common + name + content
            directory += little(0x0201_4b50, 4) + little(20, 2) + common + little(0, 6)
            directory += little(0o100644 << 16, 4) + little(offset, 4) + name
        }
        let count = little(files.count, 2)
        return archive + directory + little(0x0605_4b50, 4) + little(0, 4) + count + count
            + little(directory.count, 4) + little(archive.count, 4) + little(0, 2)
    }

    private static func little(_ value: Int, _ bytes: Int) -> [UInt8] {
        (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    // CRC-32 as zip has it.
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var value = UInt32.max
        for byte in bytes {
            value ^= UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xedb8_8320 : value >> 1 }
        }
        return ~value
    }
}
