// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#endif

/// A file descriptor with one owner, closed once.
///
/// A class rather than a move-only value because descriptors travel inside messages and arrays;
/// `take()` ends the ownership where a library insists on closing the number itself.
public final class Descriptor: Sendable {
    /// The number, while this object lives.
    public let number: Int32
    private let isOwned: OwnedFlag

    /// Takes over `number`.
    public init(owning number: Int32) {
        self.number = number
        self.isOwned = OwnedFlag()
    }

    /// Hands the number over: the receiver closes it, this object no longer does.
    public func take() -> Int32 {
        precondition(isOwned.giveUp(), "descriptor \(number) was already taken")
        return number
    }

    /// Another descriptor for the same open file.
    public func duplicate() throws(SystemError) -> Descriptor {
        let copy = fcntl(number, F_DUPFD_CLOEXEC, 3)
        guard copy >= 0 else { throw SystemError("duplicate a descriptor") }
        return Descriptor(owning: copy)
    }

    deinit {
        if isOwned.giveUp() { _ = close(number) }
    }
}
