// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CScorerABI

/// What a scorer says beside its answers.
public enum ScorerPacket: Hashable, Sendable {
    /// Look again.
    case bell
    /// Requests may come.
    case ready
    /// Why it cannot start. A stranger's words: bounded, but not to be trusted.
    case failed(String)

    /// Nothing for what says nothing to this life of the gateway.
    init?(_ packet: borrowing lane_packet) {
        switch packet.kind {
        case LANE_PACKET_BELL: self = .bell
        case LANE_PACKET_READY: self = .ready
        case LANE_PACKET_FAILED:
            let length = Int(packet.reason_length)
            self = withUnsafeBytes(of: packet.reason) {
                .failed(String(decoding: $0.prefix(length), as: UTF8.self))
            }
        default: return nil
        }
    }
}
