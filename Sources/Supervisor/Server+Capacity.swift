// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Manifests
import Vocabulary

extension Server {
    /// The machine, as it is or as the operator declared it.
    ///
    /// Errors: `capacity`.
    static func machine(_ declared: String?) throws(Problem) -> Machine {
        guard let declared else { return Machine(measured: .whole) }
        return try Machine(declared: declared, measured: .whole)
    }

    /// The instance types that manifests may name, with those of a file.
    ///
    /// Errors: `instanceTypes` where there is no such file; all that is wrong in it, as one.
    static func instanceTypes(_ path: String?) throws(Problem) -> InstanceTypes {
        guard let path else { return InstanceTypes() }
        let file = URL(fileURLWithPath: path)
        let folder = ModelDirectory(path: file.deletingLastPathComponent().path)
        let bytes = try folder.read(file.lastPathComponent, limit: InstanceTypesReader.limit)
        guard let bytes else {
            throw Problem(
                .notFound,
                code: "instanceTypes",
                what: "there is no file '\(path)'",
                remedy: "name a file of instance types with --instance-types"
            )
        }
        let reading = InstanceTypesReader.read(bytes, file: path)
        if let types = reading.value { return types }
        throw Problem(reading.findings.problems)
    }
}

extension Problem {
    /// Several as one: the first, and after what to do about it the others, each with its place.
    fileprivate init(_ problems: [Problem]) {
        guard let first = problems.first else {
            preconditionFailure("a reading without a value has no problem")
        }
        let others = problems.dropFirst().map { "and \($0)" }
        self.init(
            first.kind,
            code: first.code,
            what: first.what,
            remedy: ([first.remedy] + others).filter { !$0.isEmpty }.joined(separator: "; "),
            location: first.location
        )
    }
}
