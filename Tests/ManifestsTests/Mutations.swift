// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import TestSupport

/// Makes broken copies of an input, the same ones for the same seed.
struct Mutations: RandomNumberGenerator {
    private var random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    mutating func next() -> UInt64 { random.next() }

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
