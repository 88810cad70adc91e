// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Whether a model's own example can be read and fits what the model says goes in.
///
/// A bad example refuses nothing, since it is not needed to serve: it is told. Column names are
/// compared; values are the model's own to judge.
struct ExampleCheck {
    /// Largest example that is read.
    static let limit = 1 << 20

    /// What the example is, in a few words: `2 rows of 4 columns`; nothing where it is not read.
    private(set) var words: String?
    /// What a person should know of it.
    private(set) var notice: Notice?

    private let place: Problem.Location

    /// Looks at the example of `model` in `folder`; nothing when the model has none.
    init?(of model: ModelDescription, in folder: any ModelFolder) {
        guard let example = model.inputExample else { return nil }
        let file = example.servingPath ?? example.path
        place = Problem.Location(file: folder.name(of: file))
        guard file.hasSuffix(".json") else { return }
        do throws(Problem) {
            // A file that is not there is a problem of its own, told where it is named.
            guard let bytes = try folder.read(file, limit: Self.limit) else { return }
            look(bytes, schema: model.signature?.inputs, isBody: example.servingPath != nil)
        } catch {
            note("exampleUnread", error.what)
        }
    }

    private mutating func look(_ bytes: [UInt8], schema: ModelSignature.Schema?, isBody: Bool) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            note("exampleUnread", "the example is not UTF-8")
            return
        }
        let value: JSONNode
        do throws(JSONReader.Fault) {
            value = try JSONReader.read(text)
        } catch {
            let before = bytes.prefix(error.offset - 1)
            let line = before.count { $0 == UInt8(ascii: "\n") } + 1
            let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
            note(
                "exampleUnread",
                "the example is no JSON: \(error.reason)",
                line: line,
                column: String(decoding: before[start...], as: UTF8.self).count + 1
            )
            return
        }
        let table = Table(value, isBody: isBody)
        words = table.words
        guard case .columns(let columns) = schema, let given = table.columns else { return }
        let names = columns.compactMap(\.name)
        guard names.count == columns.count else { return }
        let missing = columns.filter { $0.isRequired }.compactMap(\.name).filter {
            !given.contains($0)
        }
        let unknown = given.filter { !names.contains($0) }
        guard !missing.isEmpty || !unknown.isEmpty else { return }
        let parts =
            missing.map { "lacks the column '\($0.excerpt)'" }
            + unknown.map { "has the column '\($0.excerpt)', which the signature has not" }
        let more = parts.count > 3 ? ", and \(parts.count - 3) more" : ""
        note(
            "exampleMisfits",
            "the example does not fit the signature: it "
                + parts.prefix(3).joined(separator: ", ") + more
        )
    }

    private mutating func note(
        _ code: String,
        _ text: String,
        line: Int? = nil,
        column: Int? = nil
    ) {
        notice = Notice(
            code: code,
            text: text + "; save the model again with another input_example",
            location: Problem.Location(file: place.file, line: line, column: column)
        )
    }

    /// Columns and rows of an example, in whichever of MLflow's forms it is.
    private struct Table {
        /// The columns that are named; nothing where none are.
        private(set) var columns: [String]?
        private var rows: Int?

        /// Reads `{"dataframe_split": ...}` and its like of a body, or the table itself.
        init(_ value: JSONNode, isBody: Bool) {
            let inner = ["dataframe_split", "dataframe_records", "inputs", "instances"].lazy
                .compactMap { value[$0] }.first
            let table = isBody ? inner ?? value : value
            if let names = table["columns"]?.elements {
                let texts = names.compactMap(\.string)
                columns = texts.count == names.count ? texts : nil
                rows = table["data"]?.elements?.count
            } else if let records = table.elements {
                rows = records.count
                columns = records.first?.members.map { $0.map(\.name) }
            } else if let members = table.members, isBody, inner != nil {
                columns = members.map(\.name)
                rows = members.first?.value.elements?.count
            }
        }

        var words: String? {
            let parts = [
                rows.map { "\($0) row\($0 == 1 ? "" : "s")" },
                columns.map { "\($0.count) column\($0.count == 1 ? "" : "s")" },
            ].compactMap { $0 }
            return parts.isEmpty ? nil : parts.joined(separator: " of ")
        }
    }
}
