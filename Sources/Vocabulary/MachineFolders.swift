// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// The machine's own folders of programs and libraries: what every scorer sees of it.
public enum MachineFolders {
    /// Their paths, those that are links on most machines included.
    public static let names = ["/bin", "/lib", "/lib32", "/lib64", "/libx32", "/sbin", "/usr"]

    /// Whether an absolute path lies in one of them.
    public static func hold(_ path: String) -> Bool {
        names.contains { path.hasPrefix($0 + "/") }
    }
}
