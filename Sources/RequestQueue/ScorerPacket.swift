// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CScorerABI
import Vocabulary

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
    /// How many requests it works on at once, from 1.
    case threads(Int)
    /// Facts about its model, for people. A stranger's words too.
    case told(String)
    /// Its metrics, checked.
    case metrics([ScorerMetric])

    /// Nothing for what says nothing to this life of the gateway.
    init?(_ packet: UnsafePointer<lane_packet>) {
        switch packet.pointee.kind {
        case LANE_PACKET_BELL: self = .bell
        case LANE_PACKET_READY: self = .ready
        case LANE_PACKET_FAILED: self = .failed(Self.text(of: packet))
        case LANE_PACKET_SHARES: self = .shares(Int(packet.pointee.most))
        case LANE_PACKET_THREADS: self = .threads(Int(packet.pointee.most))
        case LANE_PACKET_TOLD: self = .told(Self.text(of: packet))
        case LANE_PACKET_METRICS: self = .metrics(Self.metrics(of: packet))
        default: return nil
        }
    }

    private static func metrics(of packet: UnsafePointer<lane_packet>) -> [ScorerMetric] {
        let metrics = UnsafeBufferPointer(
            start: lane_packet_metrics(packet),
            count: Int(packet.pointee.metric_count)
        )
        return metrics.map {
            ScorerMetric(
                name: name(of: $0),
                kind: $0.kind == SCORER_METRIC_COUNTER.rawValue ? .counter : .gauge,
                value: $0.value
            )
        }
    }

    private static func name(of metric: scorer_metric) -> String {
        withUnsafeBytes(of: metric.name) {
            String(decoding: $0.prefix(Int(metric.name_length)), as: UTF8.self)
        }
    }

    private static func text(of packet: UnsafePointer<lane_packet>) -> String {
        let bytes = UnsafeRawBufferPointer(
            start: lane_packet_text(packet),
            count: Int(packet.pointee.reason_length)
        )
        return String(decoding: bytes, as: UTF8.self)
    }
}
