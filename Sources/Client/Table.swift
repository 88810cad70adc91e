// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Rows of words in aligned columns, for people.
///
/// Shape: columns stand two spaces apart; numbers to the right; no space at a line's end, so that
/// lines can be compared. Cells are made printable: a table shows strangers' words.
public struct Table: Sendable {
    /// A column.
    public struct Column: Sendable {
        let title: String
        let isNumber: Bool

        /// A column of words.
        public static func words(_ title: String) -> Column {
            Column(title: title, isNumber: false)
        }

        /// A column of numbers.
        public static func number(_ title: String) -> Column {
            Column(title: title, isNumber: true)
        }
    }

    private let columns: [Column]
    private var rows: [[String]] = []

    /// Makes a table without rows.
    public init(_ columns: [Column]) {
        self.columns = columns
    }

    /// Adds a row; an empty cell is shown as `-`, so that no column seems to be missing.
    public mutating func add(_ cells: [String]) {
        precondition(cells.count == columns.count, "a row of \(cells.count) cells: \(cells)")
        rows.append(cells.map { $0.isEmpty ? "-" : $0.printable })
    }

    /// Whether there are no rows.
    public var isEmpty: Bool { rows.isEmpty }

    /// The title's line, then a line a row.
    public var lines: [String] {
        let all = [columns.map(\.title)] + rows
        let widths = columns.indices.map { index in
            all.map { $0[index].count }.max() ?? 0
        }
        return all.map { row in
            let cells = columns.indices.map { index in
                let padding = String(repeating: " ", count: widths[index] - row[index].count)
                return columns[index].isNumber ? padding + row[index] : row[index] + padding
            }
            let line = cells.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }
}
