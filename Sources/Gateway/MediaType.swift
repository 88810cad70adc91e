// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// Which content types the mlflow contract can mean; what they hold is for the scorer to judge.
enum MediaType {
    /// Whether a body of this type can be scored.
    static func isScored(_ contentType: UnsafeRawBufferPointer) -> Bool {
        let end = contentType.firstIndex { $0 == UInt8(ascii: ";") || $0 == UInt8(ascii: " ") }
        let type = UnsafeRawBufferPointer(rebasing: contentType[..<(end ?? contentType.count)])
        return type.isSame(as: "application/json") || type.isSame(as: "text/csv")
            || type.isSame(as: "application/vnd.apache.parquet")
    }
}
