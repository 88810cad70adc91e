// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Where our Python runtime lies, for those who run it in a terminal.
public enum PythonRuntime {
    /// The file that an interpreter is given first.
    ///
    /// Errors: `supportFolder` where it is not beside the executable.
    public static func program() throws(Problem) -> String {
        let support = try SupportFolder(executable: Server.ownExecutable())
        return support.python + "/scorekeeper_scorer/__main__.py"
    }
}
