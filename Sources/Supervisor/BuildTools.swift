// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import EnvironmentBuilder
import Vocabulary

/// What this machine must have to build environments.
public enum BuildTools {
    /// What is missing, and how to get it; nothing when builds can begin.
    ///
    /// Shape: `state` is the state folder of the server that would build.
    public static func problem(state: String) async -> Problem? {
        do throws(Problem) {
            let folder = try StateFolder(path: state).environments
            try await EnvironmentStore(folder: folder).checkTools()
            return nil
        } catch {
            return error
        }
    }
}
