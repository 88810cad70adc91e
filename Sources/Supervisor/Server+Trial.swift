// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Vocabulary

extension Server {
    /// A private server to be tried: a state folder of its own that goes with it, a free port of
    /// loopback, one node that is bounded as told.
    ///
    /// Errors: those of `serve`.
    public static func trial(_ options: TrialOptions) throws(Problem) -> Server {
        let program = try OwnProgram()
        var listeners = try Listeners(common: "127.0.0.1:0", ports: [], isInsecure: false)
        try listeners.bindRest()
        TemporaryState.sweep()
        let state = try TemporaryState.own()
        let configuration = ServerConfiguration(
            state: state,
            program: program,
            support: try SupportFolder(executable: program.path),
            nodes: [NodeName(number: 1)],
            models: nil,
            statuses: .direct,
            orphanGrace: .seconds(10),
            gatewayUser: gatewayUser,
            machine: Machine(measured: .whole),
            isInsecure: false,
            isTemporary: true,
            trial: options
        )
        return try Server(
            configuration: configuration,
            listeners: listeners,
            environmentsFolder: state.environments
        )
    }
}

extension Server {
    /// A file of the support folder.
    ///
    /// Errors: `supportFolder` where it is not there.
    public static func supportFile(_ name: String) throws(Problem) -> String {
        let support = try SupportFolder(executable: try ownExecutable())
        try support.require(name)
        return "\(support.path)/\(name)"
    }
}

extension TrialOptions {
    /// Bounds how a deployment is served.
    func bound(_ settings: inout ServingSettings) {
        settings.instanceType = instanceType
        settings.deadlineMilliseconds = deadlineMilliseconds
    }
}
