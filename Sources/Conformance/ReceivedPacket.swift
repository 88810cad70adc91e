// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Wire

/// One packet from a scorer's socket, read as the gateway reads it: without room for descriptors.
struct ReceivedPacket {
    /// Bytes of it; 0 at the socket's end.
    private(set) var count = 0
    /// Whether descriptors came with it, which the kernel has dropped.
    private(set) var carriesDescriptors = false
    private var bytes = [UInt8](repeating: 0, count: 8_192)

    /// Reads the next packet: false where none waits.
    mutating func receive(from socket: Descriptor) -> Bool {
        let capacity = bytes.count
        let (received, flags) = bytes.withUnsafeMutableBytes { buffer -> (Int, Int32) in
            var vector = iovec(iov_base: buffer.baseAddress, iov_len: capacity)
            return withUnsafeMutablePointer(to: &vector) { vector in
                var message = msghdr()
                message.msg_iov = vector
                message.msg_iovlen = 1
                var received = -1
                repeat {
                    received = recvmsg(socket.number, &message, Int32(MSG_DONTWAIT))
                } while received < 0 && errno == EINTR
                return (received, message.msg_flags)
            }
        }
        if received < 0 {
            count = 0
            return errno != EAGAIN
        }
        count = received
        carriesDescriptors = flags & Int32(MSG_CTRUNC) != 0
        return true
    }

    /// Shows the bytes.
    func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let result = bytes.withUnsafeBytes { bytes in
            Swift.Result { () throws(Failure) in
                try body(UnsafeRawBufferPointer(rebasing: bytes.prefix(count)))
            }
        }
        return try result.get()
    }
}
