// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Wire

/// An HTTP client that sends exactly the bytes it is given.
final class RawClient {
    /// An answer as it came.
    struct Answer {
        var status = 0
        var head = ""
        var body: [UInt8] = []
        var text: String { String(decoding: body, as: UTF8.self) }

        /// A header field's value.
        func field(_ name: String) -> String? {
            for line in head.components(separatedBy: "\r\n") {
                let parts = line.split(separator: ":", maxSplits: 1)
                if parts.count == 2, parts[0].lowercased() == name {
                    return parts[1].trimmingCharacters(in: .whitespaces)
                }
            }
            return nil
        }
    }

    private let socket: Descriptor
    private var bytes: [UInt8] = []

    /// Shape: `room` is how many bytes the kernel takes for us before we read them.
    init(port: UInt16, room: Int32? = nil) throws {
        socket = Descriptor(owning: Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        if var room {
            let size = socklen_t(MemoryLayout<Int32>.size)
            setsockopt(socket.number, SOL_SOCKET, SO_RCVBUF, &room, size)
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket.number, $0, length)
            }
        }
        guard result == 0 else { throw SystemError("connect") }
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(socket.number, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
        setsockopt(socket.number, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
    }

    func send(_ text: String) { send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(socket.number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    /// Sends a POST with a body and the usual fields.
    func post(_ target: String, _ body: [UInt8], fields: String = "") {
        let head =
            "POST \(target) HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(body.count)\r\n\(fields)\r\n"
        // In one piece: a kernel holds a second one back until the first is acknowledged.
        send(Array(head.utf8) + body)
    }

    func post(_ target: String, _ body: String, fields: String = "") {
        post(target, Array(body.utf8), fields: fields)
    }

    func get(_ target: String, fields: String = "") {
        send("GET \(target) HTTP/1.1\r\nHost: x\r\n\(fields)\r\n")
    }

    /// The next answer, whole.
    func answer(toHead: Bool = false) throws -> Answer {
        while true {
            if let end = find(Array("\r\n\r\n".utf8), from: 0) {
                var answer = Answer()
                answer.head = String(decoding: bytes[..<end], as: UTF8.self)
                bytes.removeFirst(end + 4)
                let words = answer.head.split(separator: " ")
                guard words.count > 1, let status = Int(words[1]) else {
                    throw Stuck(what: "not an answer: \(answer.head)")
                }
                answer.status = status
                if status >= 200, !toHead { answer.body = try body(answer) }
                return answer
            }
            guard try more() else { throw Stuck(what: "closed before an answer") }
        }
    }

    private func body(_ answer: Answer) throws -> [UInt8] {
        if let text = answer.field("content-length"), let length = Int(text) {
            while bytes.count < length {
                guard try more() else { throw Stuck(what: "closed within an answer") }
            }
            defer { bytes.removeFirst(length) }
            return Array(bytes[..<length])
        }
        guard answer.field("transfer-encoding") == "chunked" else {
            while try more() {}
            defer { bytes = [] }
            return bytes
        }
        var body: [UInt8] = []
        while true {
            let line = try line()
            guard let length = Int(line, radix: 16) else { throw Stuck(what: "chunk '\(line)'") }
            while bytes.count < length + 2 {
                guard try more() else { throw Stuck(what: "closed within a chunk") }
            }
            body += bytes[..<length]
            bytes.removeFirst(length + 2)
            if length == 0 { return body }
        }
    }

    /// The head of an answer that comes in chunks.
    func head() throws -> Answer { try answer(toHead: true) }

    /// The next chunk of an answer whose head was read; nothing for the last one.
    func chunk() throws -> String? {
        guard let length = Int(try line(), radix: 16) else { throw Stuck(what: "not a chunk") }
        while bytes.count < length + 2 {
            guard try more() else { throw Stuck(what: "closed within a chunk") }
        }
        defer { bytes.removeFirst(length + 2) }
        return length == 0 ? nil : String(decoding: bytes[..<length], as: UTF8.self)
    }

    /// So many bytes as they come, whatever they are.
    func read(_ count: Int) throws -> String {
        while bytes.count < count {
            guard try more() else { throw Stuck(what: "closed before \(count) bytes") }
        }
        defer { bytes.removeFirst(count) }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    /// Whether the connection ends with a reset and not with an end.
    func isReset() throws -> Bool {
        var byte: UInt8 = 0
        while true {
            let count = recv(socket.number, &byte, 1, 0)
            if count == 0 { return false }
            if count < 0 {
                guard errno == ECONNRESET else { throw Stuck(what: "nothing came") }
                return true
            }
        }
    }

    /// The port at this end.
    var localPort: UInt16 {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = getsockname(socket.number, $0, &length)
            }
        }
        return UInt16(bigEndian: address.sin_port)
    }

    private func line() throws -> String {
        while true {
            if let end = find([13, 10], from: 0) {
                defer { bytes.removeFirst(end + 2) }
                return String(decoding: bytes[..<end], as: UTF8.self)
            }
            guard try more() else { throw Stuck(what: "closed within a line") }
        }
    }

    /// Whether the server has closed and nothing more came.
    func isClosed() throws -> Bool {
        guard bytes.isEmpty else { return false }
        return try !more()
    }

    /// Hangs up without a word.
    func hangUp() { _ = shutdown(socket.number, Int32(SHUT_RDWR)) }

    private func more() throws -> Bool {
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(socket.number, &chunk, chunk.count, 0)
        if count < 0 {
            if errno == ECONNRESET { return false }
            throw Stuck(what: "nothing came from the gateway")
        }
        bytes += chunk[..<max(0, count)]
        return count > 0
    }

    private func find(_ pattern: [UInt8], from start: Int) -> Int? {
        guard bytes.count >= pattern.count else { return nil }
        return (start...(bytes.count - pattern.count)).first {
            bytes[$0..<$0 + pattern.count].elementsEqual(pattern)
        }
    }
}
