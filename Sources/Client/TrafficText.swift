// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Shares of traffic as they are written on a command line: `blue=90 green=10`.
///
/// Source: Azure Machine Learning, `az ml online-endpoint update --traffic`.
public enum TrafficText {
    /// Percent by deployment.
    ///
    /// Shape: parts are parted by spaces or commas; an empty text gives nothing to anybody.
    /// Errors: `traffic` for a part that is no `DEPLOYMENT=PERCENT`, or a deployment named twice.
    public static func percents(_ text: String, of option: String) throws(Problem) -> [String: Int]
    {
        var percents: [String: Int] = [:]
        for part in text.split(whereSeparator: { $0 == " " || $0 == "," }) {
            let sides = part.split(separator: "=", omittingEmptySubsequences: false)
            guard sides.count == 2, let name = DeploymentName(String(sides[0])),
                let percent = Int(sides[1])
            else {
                throw Problem(
                    .invalid,
                    code: "traffic",
                    what: "cannot read '\(String(part).printable)' in \(option)",
                    remedy: "write DEPLOYMENT=PERCENT for each, as in \"blue=90 green=10\""
                )
            }
            guard percents.updateValue(percent, forKey: name.text) == nil else {
                throw Problem(
                    .invalid,
                    code: "traffic",
                    what: "'\(name)' stands twice in \(option)",
                    remedy: "write it once"
                )
            }
        }
        return percents
    }

    /// The same as text, in order of name; `-` for nothing.
    public static func text(_ percents: [String: Int]) -> String {
        let parts = percents.filter { $0.value != 0 }.sorted { $0.key < $1.key }
        return parts.isEmpty ? "-" : parts.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    }
}
