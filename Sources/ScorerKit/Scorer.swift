// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

internal import CScorerKit
import Glibc

/// The scorer's end of its lane.
///
///     let scorer = try Scorer()
///     try scorer.serve { request in Answer(request.body) }
///
/// Everything here may be called from several threads.
public final class Scorer: @unchecked Sendable {
    let lane: OpaquePointer
    private(set) var form: scorer_tensor?
    private(set) var elementsOfRow = 0

    /// Takes the lane's socket over and waits for the gateway's greeting.
    ///
    /// Shape: `socket` is whichever the environment names where it is left out.
    public init(socket: Int32? = nil) throws(ScorerError) {
        var lane: OpaquePointer?
        try ScorerError.check(scorer_attach(socket ?? SCORER_LANE_GIVEN, &lane))
        guard let lane else { throw .broken }
        self.lane = lane
    }

    deinit { scorer_detach(lane) }

    // MARK: - How it works: said before `ready`

    /// Calls of the model at once that the deployment allows.
    public var allowedCalls: Int { Int(scorer_calls(lane)) }

    /// Says on how many requests it works at once; `serve` says so itself.
    public func declare(threads: Int) throws(ScorerError) {
        try ScorerError.check(scorer_threads(lane, UInt32(clamping: threads)))
    }

    /// Says how many requests one call of the model may have.
    public func declare(sharing most: Int) throws(ScorerError) {
        try ScorerError.check(scorer_shares(lane, UInt32(clamping: most)))
    }

    /// Expects JSON: other requests are refused before they are taken.
    public func expectJSON() throws(ScorerError) {
        try ScorerError.check(scorer_expect_json(lane))
    }

    /// Expects a tensor: `withTensor` shows it, other requests are refused before they are taken.
    ///
    /// Errors: `misused` for a shape with two free dimensions, none at all, or more than eight.
    public func expect<Element>(_ tensor: TensorForm<Element>) throws(ScorerError) {
        var layout = tensor.layout
        try ScorerError.check(scorer_expect_tensor(lane, &layout))
        form = layout
        elementsOfRow = tensor.shape.reduce(1) { $0 * ($1 ?? 1) }
    }

    /// Says that requests may come.
    public func ready() throws(ScorerError) { try ScorerError.check(scorer_ready(lane)) }

    /// Says why it cannot start.
    public func fail(toStart reason: String) throws(ScorerError) {
        try ScorerError.check(scorer_failed(lane, reason, reason.utf8.count))
    }

    // MARK: - Requests

    /// Waits for a request; nothing once it was told to leave.
    public func take() throws(ScorerError) -> Request? { try take(most: 1).first }

    /// Waits for at least one request and takes up to `most` that may share a call of the model.
    ///
    /// Shape: none once it was told to leave.
    public func take(most: Int) throws(ScorerError) -> [Request] {
        var requests = [scorer_request](repeating: scorer_request(), count: max(most, 1))
        var count: UInt32 = 0
        var result = SCORER_INTERRUPTED
        while result == SCORER_INTERRUPTED {
            result = scorer_take_many(lane, &requests, UInt32(clamping: requests.count), &count)
        }
        try ScorerError.check(result)
        return requests.prefix(Int(count)).map { Request($0, of: self) }
    }

    /// Says ready and answers requests until it is told to leave.
    ///
    /// Shape: `answer` runs on so many threads at once, never on more than the deployment allows;
    /// where it answers nothing, it has answered the request itself.
    /// Errors: what ended the lane. What `answer` throws is told to the client: a `Refusal` as it is,
    /// any other error as 500.
    public func serve(
        threads: Int = 1,
        _ answer: @escaping @Sendable (Request) throws -> Answer?
    ) throws(ScorerError) {
        try declare(threads: threads)
        try ready()
        let helpers = (1..<max(threads, 1)).map { _ in
            startThread { try? self.work(answer) }
        }
        defer { for helper in helpers { _ = helper.map { pthread_join($0, nil) } } }
        try work(answer)
    }

    private func work(_ answer: (Request) throws -> Answer?) throws(ScorerError) {
        while let request = try take() {
            do {
                if let answer = try answer(request) { try request.answer(answer) }
            } catch {
                if error as? ScorerError == .gone { throw .gone }
                let refusal = error as? Refusal ?? Refusal(500, "\(error)")
                // One that was answered before the error came has its answer.
                if !request.hasEnded { try request.fail(refusal) }
            }
        }
    }

    // MARK: - Figures

    /// Adds to a counter of the server's /metrics.
    ///
    /// Errors: `misused` for a name that Prometheus does not know, a name of a gauge, a 65th name,
    /// or a number below zero.
    public func count(_ name: String, by amount: Double = 1) throws(ScorerError) {
        try ScorerError.check(scorer_metric_add(lane, name, amount))
    }

    /// Sets a gauge of the server's /metrics.
    public func set(_ name: String, to value: Double) throws(ScorerError) {
        try ScorerError.check(scorer_metric_set(lane, name, value))
    }
}

/// A thread that runs `body`; nothing where the kernel has none to give.
private func startThread(_ body: @escaping @Sendable () -> Void) -> pthread_t? {
    final class Box {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    let box = Unmanaged.passRetained(Box(body))
    let result = pthread_create(
        &thread,
        nil,
        { pointer in
            guard let pointer else { return nil }
            Unmanaged<Box>.fromOpaque(pointer).takeRetainedValue().body()
            return nil
        },
        box.toOpaque()
    )
    if result == 0 { return thread }
    box.release()
    return nil
}
