// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Wire

/// Bytes in anonymous memory that nobody can change any more.
enum SealedMemory {
    private static let allSeals: Int32 = 0xf

    /// A descriptor of sealed memory that holds `bytes`.
    static func holding(_ bytes: [UInt8], name: String) throws(SystemError) -> Descriptor {
        let number = linux_memfd(name, 0)
        guard number >= 0 else { throw SystemError("make memory for '\(name)'") }
        let descriptor = Descriptor(owning: number)
        guard write(number, bytes, bytes.count) == bytes.count else {
            throw SystemError("write '\(name)'")
        }
        guard linux_add_seals(number, allSeals) == 0 else { throw SystemError("seal '\(name)'") }
        return descriptor
    }
}
