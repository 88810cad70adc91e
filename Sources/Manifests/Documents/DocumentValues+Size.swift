// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Amounts of bytes, as people write them.
extension DocumentValues {
    /// An amount of bytes: `262144`, `256KiB`, `16 MiB`.
    mutating func size(_ node: YAMLNode, _ key: String, in range: ClosedRange<Int>) -> Int? {
        if let text = node.text, let bytes = ByteCount(text).map({ Int($0.bytes) }),
            range.contains(bytes)
        {
            return bytes
        }
        refuse(
            "size",
            "'\(key)' is \(node.kind)",
            "write bytes, or a whole number of KiB, MiB or GiB, from \(Self.words(range.lowerBound)) "
                + "to \(Self.words(range.upperBound))",
            node
        )
        return nil
    }

    private static func words(_ bytes: Int) -> String {
        bytes < 1 << 10 ? "\(bytes)" : "\(ByteCount(Int64(bytes)))"
    }
}
