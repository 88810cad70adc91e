// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// How much an archive may hold; counted as it is read, whatever its headers claim.
public struct ArchiveLimits: Hashable, Sendable {
    /// Files and directories, those between included.
    public var entries = 100_000
    /// Bytes of all files.
    public var bytes: Int64 = 10 << 30
    /// Bytes of one file.
    public var bytesOfOne: Int64 = 5 << 30
    /// How many times the archive's own size it may unpack to.
    public var ratio: Int64 = 200
    /// Bytes that any archive may unpack to, however small it is.
    public var bytesOfAny: Int64 = 64 << 20

    /// The limits that hold.
    public init() {}

    /// Bytes that an archive of `size` bytes may unpack to before its ratio counts against it.
    func allowance(_ size: Int64) -> Int64 {
        let (product, overflows) = size.multipliedReportingOverflow(by: ratio)
        return max(bytesOfAny, overflows ? .max : product)
    }
}

/// What has come out of one archive so far, held against the limits.
struct ArchiveAccount {
    /// What the archive is called in problems.
    let path: String
    /// The archive's own size.
    let size: Int64
    /// What holds.
    let limits: ArchiveLimits

    private var total: Int64 = 0
    private var ofThis: Int64 = 0
    private var names: [String: Standing] = [:]

    /// What stands under a name.
    private enum Standing { case file, directory, impliedDirectory }

    init(path: String, size: Int64, limits: ArchiveLimits) {
        self.path = path
        self.size = size
        self.limits = limits
    }

    /// Counts an entry with the directories above it.
    ///
    /// Errors: `archiveDuplicate`, `archiveTooManyEntries`.
    mutating func add(_ name: String, isDirectory: Bool) throws(Problem) {
        ofThis = 0
        let parts = name.split(separator: "/")
        for count in 1..<max(1, parts.count) {
            let above = parts[..<count].joined(separator: "/")
            if names[above] == .file { throw duplicate(above) }
            if names[above] == nil { names[above] = .impliedDirectory }
        }
        switch names[name] {
        case nil: names[name] = isDirectory ? .directory : .file
        case .impliedDirectory where isDirectory: names[name] = .directory
        default: throw duplicate(name)
        }
        guard names.count <= limits.entries else {
            throw .archive(
                "archiveTooManyEntries",
                path,
                "it holds more than \(limits.entries) files and directories",
                "unpack it yourself and name the directory"
            )
        }
    }

    /// Counts bytes of the file that was added last, before they are written.
    ///
    /// Errors: `archiveTooLarge`, `archiveRatio`.
    mutating func add(bytes: Int64, of name: String) throws(Problem) {
        guard bytes <= limits.bytesOfOne - ofThis else {
            throw .archive(
                "archiveTooLarge",
                path,
                "'\(name.excerpt.printable)' in it has more than \(limits.bytesOfOne) bytes",
                "unpack it yourself and name the directory"
            )
        }
        guard bytes <= limits.bytes - total else {
            throw .archive(
                "archiveTooLarge",
                path,
                "it unpacks to more than \(limits.bytes) bytes",
                "unpack it yourself and name the directory"
            )
        }
        guard bytes <= limits.allowance(size) - total else { throw .archiveRatio(path, limits) }
        ofThis += bytes
        total += bytes
    }

    private func duplicate(_ name: String) -> Problem {
        .archive(
            "archiveDuplicate",
            path,
            "'\(name.excerpt.printable)' stands in it twice",
            "pack it again with each file once"
        )
    }
}
