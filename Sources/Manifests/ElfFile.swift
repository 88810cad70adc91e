// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// What the headers of an ELF file say: for which machine it is, and what loads it.
///
/// Read a few bytes at a time; whatever does not fit together is told, never guessed.
///
/// Source: System V ABI, chapters 4 and 5; the tags of auditing are of GNU's and Solaris' making.
public struct ElfFile: Hashable, Sendable {
    /// Why a file is not read.
    public enum Fault: Error, Hashable {
        /// It does not begin as an ELF file.
        case foreign
        /// Its headers contradict themselves; with a few words.
        case damaged(String)
    }

    /// What the file is.
    public enum Kind: Hashable, Sendable {
        case program, shared, other
    }

    /// What it is: programs that may lie anywhere in memory are `shared` too.
    public let kind: Kind
    /// The machine's number.
    public let machine: UInt16
    /// 64 or 32.
    public let bits: Int
    /// The loader that it asks for; nothing for one that needs none.
    public let interpreter: String?
    /// Whether it would have the loader run code of a library before anything else.
    public let isAudited: Bool

    private static let longestTable = 4_096
    private static let (load, dynamic, interpreterKind) = (UInt64(1), UInt64(2), UInt64(3))
    private static let (audit, dependAudit) = (UInt64(0x6fff_fefc), UInt64(0x6fff_fefb))

    /// Reads the headers.
    ///
    /// Shape: `read` answers that many bytes at an offset, fewer where the file ends.
    public init(_ read: (_ offset: UInt64, _ count: Int) -> [UInt8]) throws(Fault) {
        let head = read(0, 64)
        guard head.starts(with: [0x7F, 0x45, 0x4C, 0x46]), head.count >= 52 else {
            throw .foreign
        }
        guard head[4] == 1 || head[4] == 2, head[5] == 1 || head[5] == 2 else {
            throw .damaged("its class or byte order is none that there is")
        }
        let isWide = head[4] == 2
        guard !isWide || head.count == 64 else { throw .damaged("its header is cut off") }
        let order = ByteOrder(isBig: head[5] == 2)
        bits = isWide ? 64 : 32
        machine = UInt16(order.number(head, at: 18, 2))
        kind =
            switch order.number(head, at: 16, 2) {
            case 2: .program
            case 3: .shared
            default: .other
            }
        let offset = isWide ? order.number(head, at: 32, 8) : order.number(head, at: 28, 4)
        let size = Int(order.number(head, at: isWide ? 54 : 42, 2))
        let count = Int(order.number(head, at: isWide ? 56 : 44, 2))
        guard count == 0 || size == (isWide ? 56 : 32), count < 1_024 else {
            throw .damaged("its program headers have a size that there is not")
        }
        let table = read(offset, size * count)
        guard table.count == size * count else { throw .damaged("it is cut off") }
        let segments = (0..<count).map {
            Segment(Array(table[($0 * size)..<(($0 + 1) * size)]), isWide, order)
        }
        try Self.checkOrder(segments.filter { $0.kind == Self.load })
        interpreter = try Self.interpreter(segments, read)
        isAudited = Self.isAudited(segments, isWide, order, read)
    }

    /// Segments that do not ascend could be laid over whatever else is in memory.
    private static func checkOrder(_ segments: [Segment]) throws(Fault) {
        var end: UInt64 = 0
        for segment in segments {
            let (last, isOver) = segment.address.addingReportingOverflow(segment.memorySize)
            guard !isOver, segment.address >= end, segment.fileSize <= segment.memorySize else {
                throw .damaged("its segments lie over each other")
            }
            end = last
        }
    }

    private static func interpreter(
        _ segments: [Segment],
        _ read: (UInt64, Int) -> [UInt8]
    ) throws(Fault) -> String? {
        guard let segment = segments.first(where: { $0.kind == interpreterKind }) else {
            return nil
        }
        guard (2...longestTable as ClosedRange<Int>).contains(Int(clamping: segment.fileSize))
        else { throw .damaged("the name of its loader has no length that a path has") }
        let bytes = read(segment.offset, Int(segment.fileSize))
        guard let text = String(validating: bytes.prefix { $0 != 0 }, as: UTF8.self),
            text.hasPrefix("/")
        else { throw .damaged("the name of its loader is no path") }
        return text
    }

    private static func isAudited(
        _ segments: [Segment],
        _ isWide: Bool,
        _ order: ByteOrder,
        _ read: (UInt64, Int) -> [UInt8]
    ) -> Bool {
        let width = isWide ? 8 : 4
        for segment in segments where segment.kind == dynamic {
            let size = min(segment.fileSize, UInt64(longestTable * 2 * width))
            let table = read(segment.offset, Int(size))
            for start in stride(from: 0, to: table.count - table.count % (2 * width), by: 2 * width)
            {
                let tag = order.number(table, at: start, width)
                if tag == 0 { break }
                if tag == audit || tag == dependAudit { return true }
            }
        }
        return false
    }
}

/// One program header.
private struct Segment {
    let kind: UInt64
    let offset: UInt64
    let address: UInt64
    let fileSize: UInt64
    let memorySize: UInt64

    init(_ bytes: [UInt8], _ isWide: Bool, _ order: ByteOrder) {
        kind = order.number(bytes, at: 0, 4)
        let width = isWide ? 8 : 4
        let first = isWide ? 8 : 4
        offset = order.number(bytes, at: first, width)
        address = order.number(bytes, at: first + width, width)
        fileSize = order.number(bytes, at: first + 3 * width, width)
        memorySize = order.number(bytes, at: first + 4 * width, width)
    }
}

/// Numbers of a file's own byte order.
private struct ByteOrder {
    let isBig: Bool

    func number(_ bytes: [UInt8], at start: Int, _ width: Int) -> UInt64 {
        let slice = bytes[start..<(start + width)]
        return (isBig ? Array(slice) : slice.reversed()).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
