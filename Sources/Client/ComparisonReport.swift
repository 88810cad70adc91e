// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Vocabulary

/// How two deployments' answers compare, as a person reads it.
public struct ComparisonReport: Sendable {
    private let comparison: DeploymentComparison

    /// Makes a report.
    public init(_ comparison: DeploymentComparison) {
        self.comparison = comparison
    }

    /// The whole report.
    public var text: String {
        let parts = [[who], answers, outputs, statuses, latencies, copies]
        return parts.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }
            .joined(separator: "\n\n")
    }

    private var who: String {
        let percent = comparison.mirrorPercent
        let share = percent > 0 ? "copies of \(percent)% of the requests" : "no copies any more"
        let (live, mirrored) = (name(comparison.live), name(comparison.mirrored))
        return "\(live) answers callers; \(mirrored) gets \(share)"
    }

    private func name(_ side: DeploymentComparison.Side) -> String {
        side.revision.map { "\(side.deployment) (\($0))" } ?? "\(side.deployment)"
    }

    private var answers: [String] {
        guard comparison.compared + comparison.uncompared > 0 else {
            return ["no answers were compared yet"]
        }
        var line =
            "\(comparison.compared) answers compared: \(comparison.equal) equal, "
            + "\(comparison.different) different"
        if comparison.tolerance > 0 {
            line += "; numbers may lie apart by \(comparison.tolerance) of the larger"
        }
        guard comparison.uncompared > 0 else { return [line] }
        return [line, "not compared, too long to keep or in parts: \(comparison.uncompared)"]
    }

    private var outputs: [String] {
        var table = Table([
            .words("OUTPUT"), .number("COMPARED"), .number("DIFFERENT"),
            .number("LARGEST DIFFERENCE"), .number("APPEARED"), .number("WENT"),
        ])
        for output in comparison.outputs {
            table.add([
                output.path, "\(output.compared)", "\(output.different)",
                output.largestDifference.map(Self.figure) ?? "", "\(output.appeared)",
                "\(output.went)",
            ])
        }
        return table.isEmpty ? [] : table.lines
    }

    private var statuses: [String] {
        comparison.statuses.map { pair in
            "\(comparison.live.deployment) answered \(pair.live) where "
                + "\(comparison.mirrored.deployment) answered \(pair.mirrored): "
                + (pair.count == 1 ? "once" : "\(pair.count) times")
        }
    }

    private var latencies: [String] {
        var table = Table([.words("LATENCY"), .number("P50"), .number("P90"), .number("P99")])
        for side in [comparison.live, comparison.mirrored] {
            guard let latency = side.latency else { continue }
            let times = [latency.p50, latency.p90, latency.p99].map(Self.time)
            table.add([side.deployment.text] + times)
        }
        return table.isEmpty ? [] : table.lines
    }

    private var copies: [String] {
        guard let copies = comparison.copies else { return [] }
        var parts = ["\(copies.made) copies made", "\(copies.unanswered) of them not answered"]
        parts += copies.shed.sorted { $0.key < $1.key }.map { "\($0.value) not made (\($0.key))" }
        return ["since the gateway started: " + parts.joined(separator: ", ")]
    }

    private static func figure(_ number: Double) -> String {
        number == 0 ? "0" : String(format: "%.4g", number)
    }

    private static func time(_ microseconds: UInt64) -> String {
        microseconds < 1_000
            ? "\(microseconds) us" : String(format: "%.1f ms", Double(microseconds) / 1_000)
    }
}
