// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// Where a server keeps its state when nobody says otherwise.
///
/// Shape: what was said on the command line; else `$SCOREKEEPER_STATE`; else, as root,
/// `/var/lib/scorekeeper`; else `$XDG_STATE_HOME/scorekeeper`; else
/// `~/.local/state/scorekeeper`. An empty variable counts as none.
/// Source: XDG Base Directory Specification 0.8.
public enum DefaultState {
    /// The folder.
    public static func folder(
        named option: String?,
        variables: [String: String],
        isRoot: Bool
    ) -> String {
        func variable(_ name: String) -> String? {
            variables[name].flatMap { $0.isEmpty ? nil : $0 }
        }
        if let option { return option }
        if let variable = variable("SCOREKEEPER_STATE") { return variable }
        if isRoot { return "/var/lib/scorekeeper" }
        if let home = variable("XDG_STATE_HOME"), home.hasPrefix("/") {
            return home + "/scorekeeper"
        }
        return (variable("HOME") ?? "") + "/.local/state/scorekeeper"
    }
}
