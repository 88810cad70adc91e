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

/// Rows 1 to 18 of the list of bad input; nothing of a refused archive stays anywhere.
@Suite struct `An archive that is refused` {
    private let scratch: ScratchFolder
    private let store: ModelStore

    init() throws {
        scratch = try ScratchFolder()
        store = try ModelStore(folder: "\(scratch.path)/store")
    }

    private func pack(
        _ entries: [PackedEntry],
        as packing: Packing = .gzip,
        options: String = "",
        password: String? = nil
    ) -> String {
        let path = "\(scratch.path)/iris\(packing.rawValue)"
        packing.write(Packing.model() + entries, to: path, options: options, password: password)
        return path
    }

    private func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: path)))
    }

    private func write(_ bytes: [UInt8], _ name: String) throws -> String {
        let path = "\(scratch.path)/\(name)"
        try Data(bytes).write(to: URL(filePath: path))
        return path
    }

    /// The code of the refusal, the same for who only reads it and for who unpacks it.
    private func refusal(
        _ path: String,
        _ limits: ArchiveLimits = ArchiveLimits(),
        location: SourceLocation = #_sourceLocation
    ) throws -> String? {
        let before = try FileTree.names(in: scratch.path)
        let unpacked = code { _ = try store.adopt(archive: path, limits: limits) }
        #expect(try FileTree.names(in: store.folder).isEmpty, sourceLocation: location)
        #expect(try FileTree.names(in: scratch.path) == before, sourceLocation: location)
        if limits == ArchiveLimits() {
            let check = ModelCheck(path: path)
            #expect(check.problems.map(\.code) == [unpacked], sourceLocation: location)
            #expect(check.problems.first?.location?.file == path, sourceLocation: location)
            #expect(check.problems.first?.remedy.isEmpty == false, sourceLocation: location)
        }
        return unpacked
    }

    private func refusals(_ entries: PackedEntry...) throws -> Set<String> {
        var codes: Set<String> = []
        for packing in Packing.allCases {
            codes.insert(try refusal(pack(entries, as: packing)) ?? "")
        }
        return codes
    }

    @Test func `row 1, for an entry that climbs out`() throws {
        #expect(try refusals(PackedEntry("../evil", "x")) == ["archiveEntryEscapes"])
    }

    @Test func `row 2, for an entry that climbs out from further down`() throws {
        #expect(try refusals(PackedEntry("a/../../evil", "x")) == ["archiveEntryEscapes"])
    }

    @Test func `row 3, for an entry with an absolute path`() throws {
        let outside = "\(scratch.path)/evil"

        #expect(try refusals(PackedEntry(outside, "x")) == ["archiveEntryEscapes"])
    }

    @Test func `row 4, for a backslash that is a separator elsewhere`() throws {
        #expect(try refusals(PackedEntry("..\\evil", "x")) == ["archiveEntryEscapes"])
        #expect(try refusal(pack([PackedEntry("a\\b", "x")])) == "archiveEntryName")
    }

    @Test func `row 5, for a link and a file through it`() throws {
        let codes = try refusals(
            PackedEntry("out", .symbolicLink(to: "/tmp")),
            PackedEntry("out/evil", "x")
        )

        #expect(codes == ["archiveLinkNotAllowed"])
    }

    @Test func `row 6, for a link by itself`() throws {
        #expect(
            try refusals(PackedEntry("shadow", .symbolicLink(to: "/etc/shadow")))
                == ["archiveLinkNotAllowed"]
        )
        #expect(
            try refusals(PackedEntry("inside", .symbolicLink(to: "model.pkl")))
                == ["archiveLinkNotAllowed"]
        )
    }

    @Test func `row 7, for a hard link, wherever it leads`() throws {
        for target in ["../outside", "/etc/shadow", "model.pkl"] {
            let path = pack([PackedEntry("hard", .hardLink(to: target))])
            #expect(try refusal(path) == "archiveLinkNotAllowed")
        }
    }

    @Test func `row 8, for a device, a pipe or a socket`() throws {
        for kind in [PackedEntry.Kind.device, .pipe] {
            #expect(try refusal(pack([PackedEntry("odd", kind)])) == "archiveEntryType")
        }
        // A socket can be packed by nobody: a file's mode in the zip's directory is changed to one.
        var archive = try bytes(pack([PackedEntry("odd", "x")], as: .zip))
        let file: [UInt8] = [0xA4, 0x81]
        let place = try #require(
            archive.indices.dropLast().last { archive[$0...].starts(with: file) }
        )
        archive[place + 1] = 0xC1
        #expect(try refusal(write(archive, "socket.zip")) == "archiveEntryType")
    }

    @Test func `row 10, for half a gigabyte of zeros in half a megabyte`() throws {
        let zeros = PackedEntry("zeros", bytes: [UInt8](repeating: 0, count: 512 << 20))
        let path = pack([zeros], as: .zip)

        #expect(try bytes(path).count < 1 << 20)
        #expect(try refusal(path) == "archiveRatio")
    }

    @Test func `row 10, for more bytes than one file or all files may have`() throws {
        let path = pack([PackedEntry("large", String(repeating: "x", count: 2_000))], as: .tar)
        var limits = ArchiveLimits()
        limits.bytesOfOne = 1_999
        #expect(try refusal(path, limits) == "archiveTooLarge")

        limits.bytesOfOne = 2_000
        limits.bytes = 2_000
        #expect(try refusal(path, limits) == "archiveTooLarge")

        limits.bytes = 2_200
        #expect(throws: Never.self) { try store.adopt(archive: path, limits: limits) }
    }

    @Test func `row 11, for a size that is a lie`() throws {
        let path = pack([PackedEntry("large", String(repeating: "x", count: 2_000))], as: .zip)
        var lying = try bytes(path)
        // The uncompressed size in each header of the last file.
        let size: [UInt8] = [0xD0, 0x07, 0, 0]
        for index in lying.indices.dropLast(4) where lying[index..<index + 4].elementsEqual(size) {
            lying.replaceSubrange(index..<index + 4, with: [1, 0, 0, 0])
        }

        #expect(lying != (try bytes(path)))
        #expect(try refusal(write(lying, "lying.zip")) == "archiveDamaged")
    }

    @Test func `row 11, for many names that share the same bytes`() throws {
        let (archive, count) = try OverlappingZip.make(files: 600, bytesOfEach: 1 << 20)

        #expect(archive.count < count / 200)
        // The reader knows an entry by its place, and so takes one of them.
        #expect(
            ["archiveRatio", "archiveDamaged", "noModel"]
                .contains(try refusal(write(archive, "overlapping.zip")))
        )
    }

    @Test func `row 12, for more entries than the limit`() throws {
        let most = ArchiveLimits().entries
        let many = pack((0...most).map { PackedEntry("e\($0)") })
        #expect(ModelCheck(path: many).problems.map(\.code) == ["archiveTooManyEntries"])

        var limits = ArchiveLimits()
        limits.entries = 40
        let few = pack((0...40).map { PackedEntry("e\($0)") })
        #expect(try refusal(few, limits) == "archiveTooManyEntries")
        // The folders that only their files' names tell of count too.
        let deep = (0..<2).map { number in
            PackedEntry((0..<30).map { "\(number)-\($0)" }.joined(separator: "/"))
        }
        #expect(try refusal(pack(deep), limits) == "archiveTooManyEntries")
    }

    @Test func `row 13, for a path that is too deep or too long`() throws {
        let deep = [String](repeating: "d", count: 3_000).joined(separator: "/")
        let wide = String(repeating: "n", count: 256)
        let long = (0..<5).map { _ in String(repeating: "n", count: 250) }.joined(separator: "/")

        for name in [deep, wide, long, String(repeating: "n", count: 4_096)] {
            #expect(try refusals(PackedEntry(name, "x")) == ["archiveEntryName"])
        }
    }

    @Test func `row 14, for a name that stands twice`() throws {
        #expect(try refusals(PackedEntry("model.pkl", "other")) == ["archiveDuplicate"])
        #expect(try refusals(PackedEntry("./model.pkl", "other")) == ["archiveDuplicate"])
        #expect(try refusals(PackedEntry("model.pkl/inner", "x")) == ["archiveDuplicate"])
        #expect(
            try refusals(PackedEntry("a/b", "x"), PackedEntry("a", "x")) == ["archiveDuplicate"]
        )
        #expect(
            try refusals(PackedEntry("a", .directory), PackedEntry("a", .directory))
                == ["archiveDuplicate"]
        )
    }

    @Test func `row 15, wherever it is cut off`() throws {
        for packing in Packing.allCases {
            let whole = try bytes(
                pack([PackedEntry("more", String(repeating: "abc", count: 3_000))], as: packing)
            )
            for part in 1..<20 {
                let cut = try write(
                    Array(whole.prefix(whole.count * part / 20)),
                    "cut\(packing.rawValue)"
                )
                #expect(
                    ["archiveDamaged", "archiveFormat", "noModel"].contains(try refusal(cut)),
                    "\(packing) at \(part)/20"
                )
            }
        }
    }

    @Test func `row 15, for a tar that is cut between two entries`() throws {
        let whole = try bytes(pack([], as: .tar))

        // Three entries of a header and a block each; the zeros at the end are what is missing.
        #expect(try refusal(write(Array(whole.prefix(3_072)), "cut.tar")) == "archiveDamaged")
    }

    @Test func `row 15, for a check sum that does not hold`() throws {
        for packing in [Packing.gzip, .zip] {
            let noise = (0..<4_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 11) }
            let options = packing == .zip ? "zip:compression=store" : ""
            var archive = try bytes(
                pack([PackedEntry("noise", bytes: noise)], as: packing, options: options)
            )
            let end = packing == .gzip ? archive.count - 8 : archive.count / 2
            archive[end] ^= 0x10

            #expect(
                try refusal(write(archive, "flipped\(packing.rawValue)")) == "archiveDamaged",
                "\(packing)"
            )
        }
    }

    @Test func `row 16, for what is no archive, empty, or called by another ending`() throws {
        let gzip = try bytes(pack([]))
        let junk = Array("PK".utf8) + [3, 4] + [UInt8](repeating: 7, count: 600)

        #expect(code { _ = try store.adopt(archive: write([], "a.zip")) } == "archiveFormat")
        #expect(try refusal(write(junk, "b.zip")) == "archiveDamaged")
        #expect(try refusal(write([0x1F, 0x8B] + junk, "c.tar.gz")) == "archiveDamaged")
        let bzip2 = Array("BZh9".utf8) + junk
        for path in [try write(gzip, "d.zip"), try write(bzip2, "e.tar.bz2")] {
            #expect(ModelCheck(path: path).problems.map(\.code) == ["archiveFormat"])
        }
    }

    @Test func `row 16, for encryption, and for compression inside compression`() throws {
        let secret = pack([], as: .zip, options: "zip:encryption=traditional", password: "x")
        #expect(try refusal(secret) == "archiveEncrypted")

        let packed = pack([])
        let program = Process()
        program.executableURL = URL(filePath: "/bin/sh")
        let twice = "\(scratch.path)/twice.tar.gz"
        program.arguments = ["-c", "gzip < '\(packed)' > '\(twice)'"]
        try program.run()
        program.waitUntilExit()
        #expect(try refusal(twice) == "archiveFormat")
    }

    @Test func `row 17, for names that do not show as they are`() throws {
        for name in ["a\nb", "a\u{1B}[2Jb", "a\u{202E}b", "a\u{200B}b", "a\u{2028}b"] {
            #expect(try refusal(pack([PackedEntry(name, "x")])) == "archiveEntryName")
        }
        var archive = try bytes(pack([PackedEntry("a?b", "x")], as: .tar))
        let place = try #require(
            archive.indices.first { archive[$0...].starts(with: Array("a?b".utf8)) }
        )
        // In a tar's header the sum of its bytes stands at 148, in six octal digits.
        archive[place + 1] = 0xFF
        let sum = (0..<512).reduce(0) {
            $0 + ((148..<156).contains($1) ? 0x20 : Int(archive[place + $1]))
        }
        let digits = String(sum, radix: 8)
        let text = String(repeating: "0", count: 6 - digits.count) + digits
        archive.replaceSubrange(place + 148..<place + 154, with: Array(text.utf8))
        #expect(try refusal(write(archive, "latin.tar")) == "archiveEntryName")
    }

    @Test func `row 18, for a sparse file that claims eight exbibytes`() throws {
        // GNU tar's sparse header: type S, one part at 0 of 512 bytes, and the whole size at 483.
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at place: Int) {
            header.replaceSubrange(place..<place + text.utf8.count, with: Array(text.utf8))
        }
        put("sparse", at: 0)
        put("0000644\u{0}0000000\u{0}0000000\u{0}00000001000\u{0}00000000000\u{0}", at: 100)
        put("        S", at: 148)
        put("ustar  \u{0}", at: 257)
        put("00000000000\u{0}00000001000\u{0}", at: 386)
        // In base 256: a bit, then the number.
        header[483] = 0x80
        header[487] = 0x7F
        let sum = header.reduce(0) { $0 + Int($1) }
        put("0" + String(sum, radix: 8) + "\u{0} ", at: 148)
        let rest = [UInt8](repeating: 0x61, count: 512) + [UInt8](repeating: 0, count: 1_024)
        let tar = header + rest

        #expect(
            ["archiveTooLarge", "archiveRatio"].contains(try refusal(write(tar, "sparse.tar")))
        )
    }
}

/// A zip in which every name of the directory leads to the same bytes.
enum OverlappingZip {
    /// Makes one; answers it with the bytes that it would unpack to.
    static func make(files: Int, bytesOfEach: Int) throws -> ([UInt8], Int) {
        let path = FileManager.default.temporaryDirectory
            .appending(path: "overlapping-\(UUID().uuidString).zip").path
        defer { unlink(path) }
        let zeros = PackedEntry("0000", bytes: [UInt8](repeating: 0, count: bytesOfEach))
        Packing.zip.write([zeros], to: path)
        var archive = Array(try Data(contentsOf: URL(filePath: path)))
        func number(_ place: Int, _ count: Int) -> Int {
            (0..<count).reversed().reduce(0) { $0 << 8 | Int(archive[place + $1]) }
        }
        let end = archive.count - 22
        let directory = number(end + 16, 4)
        let record = Array(archive[directory..<end])
        var records: [UInt8] = []
        for file in 0..<files {
            var copy = record
            let name = String(file + 1_000)
            copy.replaceSubrange(46..<50, with: Array(name.utf8))
            records += copy
        }
        var tail = Array(archive[end...])
        for (place, value, count) in [
            (8, files, 2), (10, files, 2), (12, records.count, 4),
        ] {
            for byte in 0..<count {
                tail[place + byte] = UInt8(truncatingIfNeeded: value >> (8 * byte))
            }
        }
        archive = Array(archive[..<directory]) + records + tail
        return (archive, files * bytesOfEach)
    }
}
