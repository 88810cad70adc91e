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
    /// How many requests one call of the model may have, from 1.
    case shares(Int)
    /// Facts about its model, for people. A stranger's words too.
    case told(String)

    /// Nothing for what says nothing to this life of the gateway.
    init?(_ packet: borrowing lane_packet) {
        switch packet.kind {
        case LANE_PACKET_BELL: self = .bell
        case LANE_PACKET_READY: self = .ready
        case LANE_PACKET_FAILED: self = .failed(Self.text(of: packet))
        case LANE_PACKET_SHARES: self = .shares(Int(packet.shares))
        case LANE_PACKET_TOLD: self = .told(Self.text(of: packet))
        default: return nil
        }
    }

    private static func text(of packet: borrowing lane_packet) -> String {
        let length = Int(packet.reason_length)
        return withUnsafeBytes(of: packet.reason) {
            String(decoding: $0.prefix(length), as: UTF8.self)
        }
    }
}
