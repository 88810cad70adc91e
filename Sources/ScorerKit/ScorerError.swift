// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

internal import CScorerKit

/// Why the lane cannot be used, or not so.
public enum ScorerError: Error, Hashable, CustomStringConvertible, Sendable {
    /// Gateway and node are gone: leave with exit code 4.
    case gone
    /// An argument that is not allowed; nothing was done.
    case misused
    /// The gateway speaks another version of the lane.
    case otherVersion
    /// What the gateway sent cannot be so.
    case broken
    /// The kernel refused, with this error number.
    case system(Int32)

    /// Nothing where all went well, or where nobody wants the answer any more.
    init?(_ result: scorer_result) {
        switch result {
        case SCORER_OK, SCORER_CANCELLED, SCORER_DRAINED, SCORER_INTERRUPTED: return nil
        case SCORER_GONE: self = .gone
        case SCORER_OTHER_VERSION: self = .otherVersion
        case SCORER_BROKEN: self = .broken
        case SCORER_SYSTEM: self = .system(scorer_system_error())
        default: self = .misused
        }
    }

    static func check(_ result: scorer_result) throws(ScorerError) {
        if let error = ScorerError(result) { throw error }
    }

    /// The words for it.
    public var description: String {
        switch self {
        case .gone: "gateway and node are gone"
        case .misused: "an argument of a scorer's call is not allowed"
        case .otherVersion: "the gateway speaks another version of the lane"
        case .broken: "what the gateway sent cannot be so"
        case .system(let number): "the kernel refused with error \(number)"
        }
    }
}

/// A request that cannot be scored: what its client is told.
///
/// Thrown by what answers requests; any other error is told as 500 with its words.
public struct Refusal: Error, Hashable, Sendable {
    /// The HTTP status, from 400 on.
    public var status: Int
    /// What is wrong, where, what to do.
    public var text: String

    /// Makes a refusal.
    public init(_ status: Int, _ text: String) {
        self.status = status
        self.text = text
    }
}
