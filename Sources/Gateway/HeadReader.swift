// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Reads a request's header fields into a `RequestHead`, and refuses what could be read in two ways.
///
/// A codec hands over method, target, version and each field in turn; nothing here trusts that the
/// codec was strict.
///
/// Source: RFC 9112, sections 3, 5, 6 and 11; RFC 9110, section 5.5.
struct HeadReader: ~Copyable {
    /// Longest request line, and longest field, in bytes.
    static let lineLimit = 8_192
    /// Most fields.
    static let fieldLimit = 100

    private var head: RequestHead
    private var fields = 0
    private var hosts = 0
    private var contentLengths = 0
    private var transferEncodings = 0
    private var saysClose = false
    private var saysKeepAlive = false
    private var wantsUpgrade = false
    private var fault: RequestFault?

    init(method: String, target: String, isVersion10: Bool) {
        let known: RequestHead.Method =
            switch method {
            case "POST": .post
            case "GET": .get
            case "HEAD": .head
            default: .other(method)
            }
        head = RequestHead(
            method: known,
            target: target,
            isVersion10: isVersion10,
            isKeptAlive: !isVersion10
        )
        let bytes = target.utf8
        if method.utf8.count + bytes.count + 10 > Self.lineLimit {
            fault = .lineTooLong
        } else if bytes.first != UInt8(ascii: "/") || !bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
        {
            fault = .malformed("the request's target is not a path")
        }
    }

    mutating func add(name: String, value: String) {
        guard fault == nil else { return }
        fields += 1
        let length = name.utf8.count + value.utf8.count
        if fields > Self.fieldLimit || length + 2 > Self.lineLimit {
            fault = .fieldsTooLarge
            return
        }
        guard name.utf8.allSatisfy(\.isTokenByte), !name.isEmpty else {
            fault = .malformed("a header field's name is not a token")
            return
        }
        guard value.utf8.allSatisfy(\.isFieldByte) else {
            fault = .malformed("a header field's value holds a control byte")
            return
        }
        take(name, value)
    }

    private mutating func take(_ name: String, _ value: String) {
        switch name.utf8.count {
        case 4 where name.isSame(as: "host"):
            hosts += 1
            if !value.utf8.allSatisfy(\.isHostByte) {
                fault = .malformed("Host is not a host's name")
            }
            head.host = value
        case 6 where name.isSame(as: "accept"): head.accept = value
        case 6 where name.isSame(as: "expect"): takeExpectation(value)
        case 6 where name.isSame(as: "cookie"): break
        case 7 where name.isSame(as: "upgrade"): wantsUpgrade = true
        case 2 where name.isSame(as: "te"): break
        case 10 where name.isSame(as: "connection"): takeConnection(value)
        case 10 where name.isSame(as: "keep-alive"): break
        case 7 where name.isSame(as: "trailer"): break
        case 10 where name.isSame(as: "user-agent"): break
        case 12 where name.isSame(as: "content-type"):
            if !head.contentType.isEmpty {
                fault = .malformed("there are two Content-Type fields")
            }
            head.contentType = value
        case 12 where name.isSame(as: "x-request-id"): head.requestIdentifier = value
        case 13 where name.isSame(as: "authorization"): break
        case 14 where name.isSame(as: "content-length"): takeLength(value)
        case 16 where name.isSame(as: "proxy-connection"): break
        case 17 where name.isSame(as: "transfer-encoding"): takeEncoding(value)
        case 19 where name.isSame(as: "proxy-authorization"): break
        case 22 where name.isSame(as: "x-ms-client-request-id"): head.clientIdentifier = value
        case 24 where name.isSame(as: "azureml-model-deployment"): head.deployment = value
        default: head.passed.append((name.lowercased(), value))
        }
    }

    private mutating func takeLength(_ value: String) {
        contentLengths += 1
        let digits = value.utf8
        guard contentLengths == 1, (1...18).contains(digits.count),
            digits.allSatisfy(\.isASCIIDigit), let length = Int(value)
        else {
            fault = .malformed("Content-Length is not one number")
            return
        }
        head.framing = .length(length)
    }

    private mutating func takeEncoding(_ value: String) {
        transferEncodings += 1
        guard transferEncodings == 1, value.isSame(as: "chunked") else {
            fault = .malformed("Transfer-Encoding is something else than 'chunked'")
            return
        }
    }

    private mutating func takeExpectation(_ value: String) {
        if value.isSame(as: "100-continue") {
            head.expectsContinue = true
        } else {
            fault = RequestFault(status: 417, what: "Expect is something else than '100-continue'")
        }
    }

    private mutating func takeConnection(_ value: String) {
        for option in value.split(separator: ",") {
            let word = String(
                option.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }
            )
            if word.isSame(as: "close") { saysClose = true }
            if word.isSame(as: "keep-alive") { saysKeepAlive = true }
        }
    }

    /// The head, once every field was added.
    consuming func finish() throws(RequestFault) -> RequestHead {
        if let fault { throw fault }
        guard hosts == 1 || (hosts == 0 && head.isVersion10) else {
            throw .malformed("there must be one Host field")
        }
        if transferEncodings > 0 {
            guard contentLengths == 0 else {
                throw .malformed("there are both Content-Length and Transfer-Encoding")
            }
            guard !head.isVersion10 else {
                throw .malformed("HTTP/1.0 has no Transfer-Encoding")
            }
            head.framing = .chunked
        }
        head.isKeptAlive = (head.isVersion10 ? saysKeepAlive : true) && !saysClose && !wantsUpgrade
        if head.isVersion10 { head.expectsContinue = false }
        return head
    }
}
