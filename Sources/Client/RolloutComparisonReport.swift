// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Vocabulary

/// How the answers of two revisions compare, for people.
struct RolloutComparisonReport {
    private let comparison: RolloutComparisonStatus

    init(_ comparison: RolloutComparisonStatus) {
        self.comparison = comparison
    }

    /// A sentence, what it means for the rollout, and the figures.
    var lines: [String] {
        var lines = ["answers: \(comparison.sentence.printable)", rule]
        if comparison.requests > 0 { lines.append(counts) }
        if comparison.isCutShort { lines.append("its time was over before all were asked") }
        lines += outputs
        lines += comparison.statuses.map { pair in
            "\(pair.new) where the old one answered \(pair.old): "
                + (pair.count == 1 ? "once" : "\(pair.count) times")
        }
        if let p50 = comparison.p50 {
            let (old, new) = (p50.old.map(Self.time) ?? "-", p50.new.map(Self.time) ?? "-")
            lines.append("half of the old answers took up to \(old), of the new ones \(new)")
        }
        return lines
    }

    private var rule: String {
        let apart =
            comparison.tolerance > 0
            ? "numbers may lie apart by \(Self.figure(comparison.tolerance)) of the larger; " : ""
        return apart
            + (comparison.isRequired
                ? "a difference halts the rollout" : "a difference is told and halts nothing")
    }

    private var counts: String {
        var parts = [
            "\(Counted(comparison.requests, "recent request")): \(comparison.equal) equal",
            "\(comparison.different) different",
        ]
        if comparison.unanswered > 0 { parts.append("\(comparison.unanswered) not answered") }
        if comparison.failed > 0 {
            parts.append("\(comparison.failed) that only the new one fails")
        }
        if comparison.uncompared > 0 {
            parts.append("\(comparison.uncompared) too long to compare, or in parts")
        }
        return parts.joined(separator: ", ")
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

    private static func figure(_ number: Double) -> String {
        number == 0 ? "0" : String(format: "%.4g", number)
    }

    private static func time(_ microseconds: Int) -> String {
        microseconds < 1_000
            ? "\(microseconds) us" : String(format: "%.1f ms", Double(microseconds) / 1_000)
    }
}
