// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// Makes broken copies of an input, the same ones for the same seed.
struct Mutations: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A copy with up to six bytes changed, doubled, cut out or replaced by a piece of the input.
    mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
        var copy = bytes
        let sharp = Array("[]{}:,&*!|>'\"%@`#-?\\\n\t \u{1}$;/.=<~".utf8)
        for _ in 0..<Int.random(in: 1...6, using: &self) where !copy.isEmpty {
            let place = Int.random(in: 0..<copy.count, using: &self)
            switch Int.random(in: 0..<5, using: &self) {
            case 0: copy[place] = UInt8.random(in: 0...255, using: &self)
            case 1: copy[place] = sharp[Int.random(in: 0..<sharp.count, using: &self)]
            case 2: copy.remove(at: place)
            case 3: copy.insert(copy[place], at: place)
            default:
                let end = min(copy.count, place + Int.random(in: 1...24, using: &self))
                copy.insert(contentsOf: copy[place..<end], at: place)
            }
        }
        return copy
    }
}
