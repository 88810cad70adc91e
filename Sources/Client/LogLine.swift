// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Vocabulary

/// A line of a log, parted from the time that the node wrote before it.
///
/// Shape: `2026-03-01T09:30:00.250Z ` and the scorer's own words. Logs of builds, and those of
/// earlier versions, have no time.
struct LogLine {
    /// The time as it was written; times in UTC of one form, so they sort as texts.
    let stamp: String?
    let text: String

    init(_ line: String) {
        let stamp = line.utf8.prefix(Self.form.count)
        guard zip(stamp, Self.form).allSatisfy(Self.fits), stamp.count == Self.form.count else {
            self.stamp = nil
            text = line
            return
        }
        self.stamp = String(line.prefix(Self.form.count - 1))
        text = String(line.dropFirst(Self.form.count))
    }

    private static let form = Array("0000-00-00T00:00:00.000Z ".utf8)

    private static func fits(_ byte: UInt8, _ wanted: UInt8) -> Bool {
        wanted == UInt8(ascii: "0") ? (0x30...0x39).contains(byte) : byte == wanted
    }
}
