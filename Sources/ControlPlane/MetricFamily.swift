// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// Samples of one name, with the two lines that introduce them.
struct MetricFamily {
    typealias Label = (name: String, value: String)

    /// What Prometheus is told the samples are.
    enum Kind: String {
        case counter, gauge, histogram, untyped
    }

    private let name: String
    private let kind: Kind
    private let help: String
    private(set) var samples: [String] = []

    init(_ name: String, _ kind: Kind, _ help: String) {
        self.name = name
        self.kind = kind
        self.help = help
    }

    /// Adds a sample.
    ///
    /// Label values are names that are valid by construction, states and numbers: none can hold
    /// what would have to be escaped.
    mutating func add(_ labels: [Label], _ value: String, suffix: String = "") {
        let written = labels.map { "\($0.name)=\"\($0.value)\"" }.joined(separator: ",")
        samples.append("\(name)\(suffix)\(written.isEmpty ? "" : "{\(written)}") \(value)")
    }

    /// The introduction and the samples, a line each.
    var text: String {
        let lines = ["# HELP \(name) \(help)", "# TYPE \(name) \(kind.rawValue)"] + samples
        return lines.map { $0 + "\n" }.joined()
    }
}
