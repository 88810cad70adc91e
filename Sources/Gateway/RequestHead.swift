// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// The head of a request as the gateway needs it, whichever codec read it.
///
/// Every value was checked: names are tokens, values have no control bytes, the framing is
/// unambiguous, the target is a path. A head is read once and moved, never copied.
struct RequestHead: ~Copyable {
    /// What the client wants done.
    enum Method: Equatable {
        case get, head, post
        case other(String)

        /// As on the wire.
        var text: String {
            switch self {
            case .get: "GET"
            case .head: "HEAD"
            case .post: "POST"
            case .other(let text): text
            }
        }
    }

    /// How the end of the body is found.
    enum Framing: Equatable {
        case none
        case length(Int)
        case chunked
    }

    var method: Method
    /// Path and query.
    var target: String
    var isVersion10: Bool
    var isKeptAlive: Bool
    var framing = Framing.none
    var expectsContinue = false
    var host = ""
    var contentType = ""
    var accept = ""
    /// `x-request-id` as it came.
    var requestIdentifier = ""
    /// `x-ms-client-request-id` as it came.
    var clientIdentifier = ""
    /// `azureml-model-deployment`.
    var deployment = ""
    /// What else a scorer may see, names in lower case.
    var passed: [(name: String, value: String)] = []
}

/// One step of a request, whichever codec read it.
enum RequestPart<Bytes>: ~Copyable {
    case head(RequestHead)
    case body(Bytes)
    case end
}

/// Why a request is not one.
struct RequestFault: Error, Equatable {
    /// The status that says so.
    let status: Int
    /// What is wrong, for the client.
    let what: String

    /// Not HTTP, or HTTP that two readers could read in two ways.
    static func malformed(_ what: String) -> RequestFault { RequestFault(status: 400, what: what) }

    static let lineTooLong = RequestFault(
        status: 414,
        what: "the request line is longer than 8192 bytes"
    )
    static let fieldsTooLarge = RequestFault(
        status: 431,
        what: "a header field is longer than 8192 bytes, or there are more than 100"
    )
}
