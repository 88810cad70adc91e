// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What there is of the machine, and what of it is given out.
struct Machine: Sendable, Equatable {
    /// What there is.
    let measured: MachineShare
    /// What is given out: that, or what the operator declared.
    let given: MachineShare
    /// Whether the operator said what is given out.
    let isDeclared: Bool

    /// Gives out what there is.
    init(measured: MachineShare) {
        self.measured = measured
        self.given = measured
        isDeclared = false
    }

    /// Gives out whatever is asked for: where there is one deployment alone, a type of its own bounds
    /// its instances and keeps nothing from anybody.
    init(forOneAlone measured: MachineShare) {
        self.measured = measured
        isDeclared = false
        given = MachineShare(
            millicores: CoreCount.most.millicores,
            memoryBytes: measured.memoryBytes
        )
    }

    /// Gives out what the operator declared, `cores=64,memory=256GiB`, and what there is of the rest.
    ///
    /// Errors: `capacity` where it cannot be read.
    init(declared text: String, measured: MachineShare) throws(Problem) {
        var cores: CoreCount?
        var memory: ByteCount?
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let words = part.split(separator: "=", omittingEmptySubsequences: false).map(
                String.init
            )
            switch (words.first, words.count) {
            case ("cores", 2) where cores == nil:
                cores = try Self.read(words[1], "cores", CoreCount.init)
            case ("memory", 2) where memory == nil:
                memory = try Self.read(words[1], "memory", ByteCount.init)
            default:
                throw Self.unreadable(String(part))
            }
        }
        if let cores, cores.millicores < CoreCount.leastQuota.millicores {
            throw Problem(
                .invalid,
                code: "capacity",
                what: "'cores=\(cores)' is less than any instance can be held to",
                remedy: "declare \(CoreCount.leastQuota) or more, as '--capacity cores=64'"
            )
        }
        if let memory, memory.bytes < 1 << 20 { throw Self.unreadable("memory=\(memory.bytes)") }
        self.measured = measured
        isDeclared = true
        given = MachineShare(
            millicores: cores?.millicores ?? measured.millicores,
            memoryBytes: memory?.bytes ?? measured.memoryBytes
        )
    }

    /// What a person must know of what is given out; nothing where it is there.
    var overcommitment: String? {
        guard isDeclared else { return nil }
        var parts: [String] = []
        if given.millicores > measured.millicores {
            let there = CoreCount(millicores: measured.millicores)
            parts.append(
                "\(CoreCount(millicores: given.millicores)) cores are declared and \(there) "
                    + "are there"
            )
        }
        if given.memoryBytes > measured.memoryBytes {
            parts.append(
                "\(ByteCount(given.memoryBytes)) of memory are declared and "
                    + "\(measured.memoryBytes >> 20) MiB are there"
            )
        }
        guard !parts.isEmpty else { return nil }
        return
            "overcommitted: \(parts.joined(separator: ", ")); what is promised is shared, not there"
    }

    private static func read<Amount>(
        _ text: String,
        _ key: String,
        _ read: (String) -> Amount?
    ) throws(Problem) -> Amount {
        guard let amount = read(text) else { throw unreadable("\(key)=\(text)") }
        return amount
    }

    private static func unreadable(_ part: String) -> Problem {
        Problem(
            .invalid,
            code: "capacity",
            what: "cannot read '\(part.printable)' as a part of the machine's capacity",
            remedy: "write '--capacity cores=64' or '--capacity cores=64,memory=256GiB'"
        )
    }
}
