// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Manifests
import Vocabulary

/// The Pythons on this machine: where they may lie, and what each says of itself.
///
/// Programs only, never a shim: a script that picks a Python by the folder it is called in picks
/// another one tomorrow. Each program is asked once for as long as it does not change.
actor Interpreters {
    /// Folders whose Pythons come last: somebody's own.
    nonisolated let homes: [String]
    private let variables: [String: String]
    private let managed: [String]
    private var known: [String: (stamp: String, interpreter: Interpreter?)] = [:]

    /// Makes a finder; `managed` are folders of fetched Pythons, one folder for each Python.
    init(variables: [String: String], managed: [String]) {
        self.variables = variables
        let home = variables["HOME"].map { [$0] } ?? []
        homes = (["/root", "/home"] + home).filter { $0.count > 1 }
        let data = variables["XDG_DATA_HOME"] ?? (variables["HOME"] ?? "/root") + "/.local/share"
        self.managed = managed + [data + "/uv/python", Self.pyenv(variables) + "/versions"]
    }

    /// Every Python, the system's first, then in order of path.
    func all() async -> [Interpreter] {
        var found: [Interpreter] = []
        for path in programs() {
            if let interpreter = await ask(path) { found.append(interpreter) }
        }
        return found.sorted {
            $0.isSystem == $1.isSystem ? $0.path < $1.path : $0.isSystem
        }
    }

    /// Where pyenv keeps its versions and shims.
    static func pyenv(_ variables: [String: String]) -> String {
        variables["PYENV_ROOT"] ?? (variables["HOME"] ?? "/root") + "/.pyenv"
    }

    private func programs() -> [String] {
        let path = (variables["PATH"] ?? "").split(separator: ":").map(String.init)
        var folders = path + ["/usr/bin", "/usr/local/bin"]
        for root in managed {
            folders += Program.names(in: root).map { "\(root)/\($0)/bin" }
        }
        var real: Set<String> = []
        for folder in folders {
            for name in Program.names(in: folder) where Self.isPython(name) {
                if let program = Program.real("\(folder)/\(name)") { real.insert(program) }
            }
        }
        return real.sorted()
    }

    private static func isPython(_ name: String) -> Bool {
        guard name.hasPrefix("python3") else { return false }
        let rest = name.dropFirst("python3".count)
        return rest.isEmpty || (rest.first == "." && Int(rest.dropFirst()) != nil)
    }

    private func ask(_ path: String) async -> Interpreter? {
        let stamp = Program.stamp(path)
        if let answer = known[path], answer.stamp == stamp { return answer.interpreter }
        let interpreter = await Self.describe(path, variables: variables)
        known[path] = (stamp, interpreter)
        return interpreter
    }

    private static func describe(
        _ path: String,
        variables: [String: String]
    ) async -> Interpreter? {
        let script = """
            import sys, sysconfig
            print(sys.implementation.name, sys.version_info[3],
                  sysconfig.get_config_var('Py_GIL_DISABLED') or 0)
            print('%d.%d.%d' % sys.version_info[:3])
            print(sys.base_prefix)
            print(sysconfig.get_platform())
            """
        let helper = HelperProcess(
            executable: path,
            arguments: ["-I", "-S", "-c", script],
            variables: HelperVariables.list(from: variables),
            folder: "/"
        )
        guard let outcome = try? await helper.run(until: .now + .seconds(10)), outcome.isSuccess
        else { return nil }
        let lines = outcome.output.split(separator: "\n").map(String.init)
        // A trial version, PyPy or a free-threaded build has wheels of its own: not for this.
        guard lines.count == 4, lines[0] == "cpython final 0",
            let version = PythonVersion(lines[1])
        else { return nil }
        return Interpreter(
            path: path,
            version: version,
            prefix: lines[2],
            platform: lines[3],
            madeAt: Program.madeAt(path)
        )
    }
}
