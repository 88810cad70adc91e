// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import Testing

@testable import Gateway

/// What stands on the wire in the files of `Tests/Requests`.
///
/// A file's folder is what is to be thought of it: `whole`, `unfinished`, or the status that refuses
/// it.
struct WireText: CustomTestStringConvertible, Sendable {
    let name: String
    let folder: String
    let bytes: [UInt8]

    var testDescription: String { "\(folder): \(name)" }

    /// The status that refuses it.
    var status: Int? { Int(folder) }

    static let all: [WireText] = {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Requests")
        let paths = (try? FileManager.default.subpathsOfDirectory(atPath: root.path)) ?? []
        return paths.sorted().filter { $0.hasSuffix(".http") }.compactMap { path in
            let parts = path.split(separator: "/")
            let data = try? Data(contentsOf: root.appendingPathComponent(path))
            guard parts.count == 2, let data else { return nil }
            return WireText(
                name: parts[1].dropLast(5).replacingOccurrences(of: "-", with: " "),
                folder: String(parts[0]),
                bytes: Array(data)
            )
        }
    }()
}

/// What a reader made of bytes, put so that two readers can be compared.
struct Reading: Equatable, CustomStringConvertible {
    struct Request: Equatable {
        var method = ""
        var target = ""
        var isVersion10 = false
        var host = ""
        var contentType = ""
        /// Fields that a scorer may see and that are not about the connection.
        var others: [String] = []
        var body: [UInt8] = []
        var isWhole = false
    }

    var requests: [Request] = []
    var fault: RequestFault?

    var description: String {
        let lines = requests.map { request in
            "\(request.method) \(request.target) \(request.isVersion10 ? "1.0" : "1.1") "
                + "host '\(request.host)' type '\(request.contentType)' \(request.others) "
                + "body '\(String(decoding: request.body.prefix(64), as: UTF8.self))' "
                + "of \(request.body.count) \(request.isWhole ? "whole" : "cut")"
        }
        return (lines + [fault.map { "\($0.status) \($0.what)" } ?? "no fault"])
            .joined(separator: "; ")
    }

    /// What our codec makes of bytes that come in these pieces.
    init(of pieces: some Sequence<ArraySlice<UInt8>>) {
        var codec = RequestCodec()
        do throws(RequestFault) {
            for piece in pieces {
                codec.add(ByteBuffer(bytes: piece))
                while let part = try codec.next() { add(part) }
            }
        } catch {
            fault = error
        }
    }

    init() {}

    private mutating func add(_ part: consuming RequestPart) {
        switch part {
        case .head(let head):
            var request = Request(
                method: head.text(.method),
                target: head.text(.target),
                isVersion10: head.isVersion10,
                host: head.text(.host),
                contentType: head.text(.contentType)
            )
            head.forEachOther { name, value in
                let name = String(decoding: name, as: UTF8.self).lowercased()
                request.others.append("\(name): \(String(decoding: value, as: UTF8.self))")
            }
            requests.append(request)
        case .body(let bytes): requests[requests.count - 1].body += bytes.readableBytesView
        case .end: requests[requests.count - 1].isWhole = true
        }
    }
}
