// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// A scorer's header lines, `name: value` and a line feed each, as a gateway takes them.
///
/// An answer with others reaches no client: it is told that the scorer failed.
enum HeaderLines {
    private static let most = 64
    private static let lineFeed = UInt8(ascii: "\n")
    private static let marks = Array("-_.!#$%&'*+^`|~".utf8)

    /// What is wrong with the first line that is none, as the end of a sentence; nothing where all
    /// are.
    static func fault(in head: [UInt8]) -> String? {
        var lines = head.split(separator: lineFeed, omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        if lines.count > most { return "it gave \(lines.count) header lines, more than \(most)" }
        for line in lines {
            if let fault = fault(of: line) {
                let text = String(decoding: line.prefix(80), as: UTF8.self)
                return "its header line '\(text.printable)' \(fault)"
            }
        }
        return nil
    }

    private static func fault(of line: ArraySlice<UInt8>) -> String? {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return "has no colon" }
        let name = line[..<colon]
        if name.isEmpty { return "has no name before its colon" }
        guard name.allSatisfy({ $0.isASCIILetterOrDigit || marks.contains($0) }) else {
            return "has a name with a byte that HTTP does not allow there"
        }
        let isField = line[colon...].allSatisfy { $0 >= 0x20 ? $0 != 0x7f : $0 == 0x09 }
        return isField ? nil : "has a control byte, such as a carriage return, in its value"
    }
}
