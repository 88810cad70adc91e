// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Wire

/// Why a request could not be posted, or a lane not be made.
public enum LaneError: Error, Hashable, CustomStringConvertible {
    /// No slot is free: wait for a completion.
    case full
    /// The head is longer than an area; the limit in bytes.
    case headTooLong(limit: Int)
    /// A body apart cannot be sent before the scorer has read its socket: try after a completion.
    case socketFull
    /// The lane has ended: post elsewhere.
    case ended
    /// The kernel refused.
    case system(SystemError)

    /// The whole sentence.
    public var description: String {
        switch self {
        case .full: "cannot post a request: no slot of the lane is free"
        case .headTooLong(let limit):
            "cannot post a request: its head is longer than \(limit) bytes"
        case .socketFull: "cannot post a request: the scorer does not read its socket"
        case .ended: "cannot post a request: the lane has ended"
        case .system(let error): error.description
        }
    }
}
