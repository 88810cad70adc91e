// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// Makes the identifiers of requests whose clients chose none.
struct RequestIdentifiers {
    private var state: UInt64

    /// Starts from a number that no other life of the gateway starts from.
    init(seed: UInt64) {
        state = seed
    }

    /// A new identifier.
    mutating func make() -> RequestIdentifier { .made(high: step(), low: step()) }

    /// SplitMix64: every value once before any comes twice.
    private mutating func step() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
