// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLaunch
import Foundation

/// What stands between a fork and a scorer, as a value: the Swift face of `launch_plan.h`.
///
/// The C side carries the records out in order and decides nothing; whatever a scorer may see, use
/// or do is therefore decided here, where it can be tested without a process.
struct LaunchPlan: Hashable, Sendable {
    /// Things done besides the records.
    struct Flags: OptionSet, Hashable, Sendable {
        let rawValue: UInt32

        init(rawValue: UInt32) {
            self.rawValue = rawValue
        }

        private init(_ flag: launch_flag) {
            self.rawValue = flag.rawValue
        }

        static let newPids = Flags(LAUNCH_NEW_PID)
        static let newNetwork = Flags(LAUNCH_NEW_NET)
        static let newRoot = Flags(LAUNCH_NEW_ROOT)
        static let userSingle = Flags(LAUNCH_USER_SINGLE)
        static let userRange = Flags(LAUNCH_USER_RANGE)
        static let bare = Flags(LAUNCH_BARE)
        static let keepPowers = Flags(LAUNCH_KEEP_POWERS)
        static let becomeUser = Flags(LAUNCH_BECOME_USER)
        static let clearGroups = Flags(LAUNCH_CLEAR_GROUPS)
        static let needLandlock = Flags(LAUNCH_NEED_LANDLOCK)
        static let denyTCP = Flags(LAUNCH_DENY_TCP)
    }

    /// What Landlock allows beneath a path.
    enum Access: UInt64, Hashable, Sendable {
        case read = 0
        case write = 1
        case device = 2
    }

    /// One thing to do.
    enum Record: Hashable, Sendable {
        case program(String)
        case argument(String)
        case variable(String, String)
        case limit(resource: Int32, soft: UInt64, hard: UInt64)
        case filter([UInt8])
        case rule(Access, String)
        case hostName(String)
        case work(String)
        case folder(String, mode: UInt64)
        case symlink(String, to: String)
        case file(String, String)
        case bind(String, isOptional: Bool = false)
        case device(String)
        case tree(Int, at: String)
        case tmpfs(String, bytes: UInt64)
        case processes(String, hidesOthers: Bool)
    }

    var flags: Flags = []
    /// The user and group to become, as seen inside the plan's own user namespace if it makes one.
    var user: UInt32 = 0
    /// The host's uids that a user namespace of the kind `userRange` holds.
    var range: Range<UInt32> = 0..<0
    var records: [Record] = []

    /// The plan as the C side reads it.
    var bytes: [UInt8] {
        var body: [UInt8] = []
        for record in records { record.append(to: &body) }
        var header = launch_header()
        header.magic = 0x4e41_4c50_534b_4353
        header.version = UInt32(LAUNCH_VERSION)
        header.size = UInt32(MemoryLayout<launch_header>.size + body.count)
        header.flags = flags.rawValue
        header.user = user
        header.group = user
        header.range_first = range.lowerBound
        header.range_count = UInt32(range.count)
        return withUnsafeBytes(of: header) { Array($0) } + body
    }
}

extension LaunchPlan.Record {
    private func append(
        _ kind: launch_kind,
        _ number: UInt64,
        _ content: [UInt8],
        to body: inout [UInt8]
    ) {
        var record = launch_record()
        record.kind = kind.rawValue
        record.length = UInt32(content.count)
        record.number = number
        withUnsafeBytes(of: record) { body.append(contentsOf: $0) }
        body.append(contentsOf: content)
        while body.count % 8 != 0 { body.append(0) }
    }

    /// Appends the record's bytes; a text is cut at its first NUL, which no path may hold.
    fileprivate func append(to body: inout [UInt8]) {
        func text(_ string: String) -> [UInt8] { string.utf8.prefix { $0 != 0 } + [0] }
        switch self {
        case .program(let path): append(LAUNCH_PROGRAM, 0, text(path), to: &body)
        case .argument(let word): append(LAUNCH_ARGUMENT, 0, text(word), to: &body)
        case .variable(let name, let value):
            append(LAUNCH_VARIABLE, 0, text("\(name)=\(value)"), to: &body)
        case .limit(let resource, let soft, let hard):
            let pair = withUnsafeBytes(of: (soft, hard)) { Array($0) }
            append(LAUNCH_LIMIT, UInt64(resource), pair, to: &body)
        case .filter(let program): append(LAUNCH_FILTER, 0, program, to: &body)
        case .rule(let access, let path):
            append(LAUNCH_RULE, access.rawValue, text(path), to: &body)
        case .hostName(let name): append(LAUNCH_HOSTNAME, 0, text(name), to: &body)
        case .work(let path): append(LAUNCH_WORK, 0, text(path), to: &body)
        case .folder(let path, let mode): append(LAUNCH_FOLDER, mode, text(path), to: &body)
        case .symlink(let path, let target):
            append(LAUNCH_SYMLINK, 0, text(path) + text(target), to: &body)
        case .file(let path, let contents):
            append(LAUNCH_FILE, 0, text(path) + text(contents), to: &body)
        case .bind(let path, let isOptional):
            let flag = isOptional ? LAUNCH_BIND_OPTIONAL : LAUNCH_BIND_READ_ONLY
            append(LAUNCH_BIND, UInt64(flag.rawValue), text(path), to: &body)
        case .device(let path):
            append(LAUNCH_BIND, UInt64(LAUNCH_BIND_DEVICE.rawValue), text(path), to: &body)
        case .tree(let index, let path):
            append(LAUNCH_TREE, UInt64(index), text(path), to: &body)
        case .tmpfs(let path, let bytes): append(LAUNCH_TMPFS, bytes, text(path), to: &body)
        case .processes(let path, let hidesOthers):
            append(LAUNCH_PROC, hidesOthers ? 1 : 0, text(path), to: &body)
        }
    }
}
