// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CHTTPRead
import NIOCore

/// The head of a request: places in the bytes that came.
///
/// Every value was checked: names are tokens, values have no control bytes, the framing is
/// unambiguous, the target is a path. No text is made of what nobody asks for.
struct RequestHead: ~Copyable {
    /// What the client wants done.
    enum Method {
        case get, head, post, other
    }

    /// How the end of the body is found.
    enum Framing: Equatable {
        case none
        case length(Int)
        case chunked
    }

    /// Parts of a head that may be asked for; each is empty where the head has none such.
    enum Part {
        /// The method as it came.
        case method
        /// Path and query.
        case target
        case host, contentType, accept
        /// `x-request-id` as it came.
        case requestIdentifier
        /// `x-ms-client-request-id` as it came.
        case clientIdentifier
        /// `azureml-model-deployment`.
        case deployment
    }

    private let places: http_head
    private let bytes: ByteBuffer

    init(_ places: http_head, _ bytes: ByteBuffer) {
        self.places = places
        self.bytes = bytes
    }

    var method: Method {
        switch http_method(rawValue: http_method.RawValue(places.method)) {
        case HTTP_GET: .get
        case HTTP_HEAD: .head
        case HTTP_POST: .post
        default: .other
        }
    }

    var framing: Framing {
        switch http_framing(rawValue: http_framing.RawValue(places.framing)) {
        case HTTP_LENGTH: .length(Int(places.body_length))
        case HTTP_CHUNKED: .chunked
        default: .none
        }
    }

    var isVersion10: Bool { places.is_version_10 }
    var isKeptAlive: Bool { places.is_kept_alive }
    var expectsContinue: Bool { places.expects_continue }

    /// Whether the client only wants to see something.
    var isReading: Bool { method == .get || method == .head }

    /// Whether a person with a browser asks.
    var acceptsHTML: Bool { text(.accept).lowercased().contains("text/html") }

    func has(_ part: Part) -> Bool { place(of: part).length > 0 }

    /// A part as text.
    func text(_ part: Part) -> String {
        withBytes(of: part) { String(decoding: $0, as: UTF8.self) }
    }

    func withBytes<Result>(of part: Part, _ use: (UnsafeRawBufferPointer) -> Result) -> Result {
        let place = place(of: part)
        return bytes.withUnsafeReadableBytes { use($0[place]) }
    }

    /// Every field that a scorer may see and that is no `Part`, in their order.
    func forEachOther(
        _ use: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Void
    ) {
        bytes.withUnsafeReadableBytes { bytes in
            withUnsafePointer(to: places) { places in
                var at: UInt32 = 0
                var field = http_field()
                while http_head_next(places, bytes.baseAddress, &at, &field) {
                    use(bytes[field.name], bytes[field.value])
                }
            }
        }
    }

    private func place(of part: Part) -> http_span {
        switch part {
        case .method: places.method_text
        case .target: places.target
        case .host: places.host
        case .contentType: places.content_type
        case .accept: places.accept
        case .requestIdentifier: places.request_id
        case .clientIdentifier: places.client_id
        case .deployment: places.deployment
        }
    }
}

extension UnsafeRawBufferPointer {
    fileprivate subscript(_ span: http_span) -> UnsafeRawBufferPointer {
        let start = Int(span.start)
        return UnsafeRawBufferPointer(rebasing: self[start..<start + Int(span.length)])
    }
}
