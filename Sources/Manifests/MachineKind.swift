// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// Which programs a machine runs, by the number that their files bear.
public struct MachineKind: Hashable, Sendable {
    /// The machine's number in ELF files.
    let number: UInt16
    /// Its name, as `uname -m` has it.
    public let name: String

    private static let names: [UInt16: String] = [
        3: "i386", 8: "mips", 20: "ppc", 21: "ppc64", 22: "s390x", 40: "arm", 62: "x86_64",
        183: "aarch64", 243: "riscv64", 258: "loongarch64",
    ]

    #if arch(x86_64)
    /// The machine that this is.
    public static let here = MachineKind(number: 62, name: "x86_64")
    #elseif arch(arm64)
    /// The machine that this is.
    public static let here = MachineKind(number: 183, name: "aarch64")
    #endif

    /// What a file is built for, in a word.
    static func name(of file: ElfFile) -> String {
        names[file.machine] ?? "another machine (number \(file.machine))"
    }

    /// Whether the file's programs run here; those of half its word length as well.
    func runs(_ file: ElfFile) -> Bool {
        file.machine == number || (number == 62 && file.machine == 3 && file.bits == 32)
    }
}
