// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// A path inside a model's directory that cannot lead out of it by its words.
///
/// Shape: components without `.`, `..`, empty ones or control characters, joined by `/`; at most 32
/// of them and 1,024 bytes. A link may still lead out: `ModelDirectory` refuses that when it opens.
struct RelativePath: Hashable, Comparable, Sendable {
    /// Why a text is not such a path.
    enum Refusal: Error {
        case empty, absolute, escapes, address, unprintable, long

        /// The rest of a sentence that begins with the path.
        var reason: String {
            switch self {
            case .empty: "is empty"
            case .absolute: "is absolute"
            case .escapes: "leads out of the model's directory"
            case .address: "is an address, not a path"
            case .unprintable: "holds a control character"
            case .long: "is longer than 1,024 bytes or deeper than 32 folders"
            }
        }
    }

    /// The components joined by `/`; empty for the model's directory itself.
    let text: String

    /// Reads `text`; `.` alone stands for the directory itself.
    init(_ text: String) throws(Refusal) {
        guard !text.isEmpty else { throw .empty }
        guard text.utf8.count <= 1_024 else { throw .long }
        guard !text.hasPrefix("/") else { throw .absolute }
        guard !text.contains("://") else { throw .address }
        guard !text.unicodeScalars.contains(where: { $0.value < 0x20 || TextCheck.isControl($0) })
        else { throw .unprintable }
        var components: [Substring] = []
        for component in text.split(separator: "/") where component != "." {
            guard component != ".." else { throw .escapes }
            components.append(component)
        }
        guard components.count <= 32 else { throw .long }
        self.text = components.joined(separator: "/")
    }

    /// The last component.
    static func lastComponent(of text: String) -> String {
        text.split(separator: "/").last.map(String.init) ?? ""
    }

    /// By their text.
    static func < (left: RelativePath, right: RelativePath) -> Bool { left.text < right.text }
}
