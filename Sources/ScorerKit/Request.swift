// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

internal import CScorerKit

/// A request in hand.
///
/// It belongs to one thread at a time and is answered once: whole by `answer` or `fail`, or in
/// parts by `send` and `finish`. One that is let go without an answer is answered with 500.
public final class Request: @unchecked Sendable {
    private let scorer: Scorer
    private var request: scorer_request
    private var isAnswered = false
    private var hasParts = false

    /// Whether it is answered, or has been answered in part: no other status can be told.
    var hasEnded: Bool { isAnswered || hasParts }

    init(_ request: scorer_request, of scorer: Scorer) {
        self.scorer = scorer
        self.request = request
    }

    deinit {
        if isAnswered { return }
        if hasParts {
            scorer_last(scorer.lane, &request, nil, 0)
        } else {
            scorer_fail(scorer.lane, &request, 500, "the scorer let the request go unanswered")
        }
    }

    // MARK: - What is asked

    /// Method and target: `POST /score`.
    public var line: String {
        let head = UnsafeRawBufferPointer(start: request.head, count: Int(request.head_length))
        return String(decoding: head.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }

    /// The value of a header field, whose name is in lower case; nothing where there is none.
    public func header(_ name: String) -> String? {
        var length = 0
        guard let value = scorer_header(&request, name, &length) else { return nil }
        return String(decoding: UnsafeRawBufferPointer(start: value, count: length), as: UTF8.self)
    }

    /// Shows the body where it lies.
    public func withBody<Result: ~Copyable, Failure: Error>(
        _ look: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try look(UnsafeRawBufferPointer(start: request.body, count: Int(request.body_length)))
    }

    /// A copy of the body.
    public var body: [UInt8] { withBody { Array($0) } }

    /// Shows the tensor that the scorer expects, in row-major order.
    ///
    /// Shape: no elements where no tensor is expected, or where its elements are of another size.
    public func withTensor<Element: TensorElement, Result: ~Copyable, Failure: Error>(
        of element: Element.Type,
        _ look: (UnsafeBufferPointer<Element>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let isOne = request.tensor != nil && scorer.form?.element == Element.scorerElement
        let count = isOne ? Int(request.rows) * scorer.elementsOfRow : 0
        let start = request.tensor?.assumingMemoryBound(to: Element.self)
        return try look(UnsafeBufferPointer(start: count > 0 ? start : nil, count: count))
    }

    /// How large the tensor's free dimension is.
    public var rows: Int { Int(request.rows) }

    /// Until its deadline: zero once that has passed, nothing where there is none.
    public var timeLeft: Duration? {
        let left = scorer_time_left(&request)
        return left == .max ? nil : .nanoseconds(Int64(clamping: left))
    }

    /// Whether nobody wants the answer any more.
    public var isCancelled: Bool { !isAnswered && scorer_is_cancelled(scorer.lane, &request) }

    // MARK: - What is answered

    /// Answers it whole.
    ///
    /// Errors: `misused` where it is answered already, or the status is none.
    public func answer(_ answer: Answer) throws(ScorerError) {
        let head = Array(answer.head.utf8)
        try end { request in
            scorer_answer(
                scorer.lane,
                &request,
                UInt16(clamping: answer.status),
                head,
                head.count,
                answer.body,
                UInt64(answer.body.count)
            )
        }
    }

    /// Answers that it cannot be scored, in the words of the house.
    public func fail(_ refusal: Refusal) throws(ScorerError) {
        try end { request in
            scorer_fail(scorer.lane, &request, UInt16(clamping: refusal.status), refusal.text)
        }
    }

    /// Sends a part of the answer; waits while the client is slow.
    ///
    /// Shape: status and head count with the first part; false: nobody wants the rest, so `finish`.
    public func send(part: Answer) throws(ScorerError) -> Bool {
        guard !isAnswered else { throw .misused }
        let head = Array(part.head.utf8)
        let result = scorer_part(
            scorer.lane,
            &request,
            UInt16(clamping: part.status),
            head,
            head.count,
            part.body,
            UInt64(part.body.count)
        )
        try ScorerError.check(result)
        if result == SCORER_OK { hasParts = true }
        return result == SCORER_OK
    }

    /// Ends an answer that was sent in parts; one that nobody wanted from its first part on too.
    public func finish() throws(ScorerError) {
        let hasParts = hasParts
        try end { request in
            hasParts
                ? scorer_last(scorer.lane, &request, nil, 0)
                : scorer_answer(scorer.lane, &request, 200, nil, 0, nil, 0)
        }
    }

    private func end(_ answer: (inout scorer_request) -> scorer_result) throws(ScorerError) {
        guard !isAnswered else { throw .misused }
        let result = answer(&request)
        isAnswered = result != SCORER_MISUSED
        try ScorerError.check(result)
    }
}
