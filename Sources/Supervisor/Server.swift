// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import ControlPlane
import EnvironmentBuilder
import Foundation
import Glibc
import Ledger
import Logbook
import Logging
import Manifests
import ModelStore
import Vocabulary
import Wire

/// A whole server in this process: what `scorekeeper serve` and `scorekeeper up` run.
public struct Server: Sendable {
    private let supervisor: Supervisor
    private let control: ControlServer
    private let lock: ServerLock
    private let drops: DropFolderLoop?
    private let configuration: ServerConfiguration

    init(
        configuration: ServerConfiguration,
        listeners: Listeners,
        environmentsFolder: String,
        metricsPort: UInt16? = nil,
        lock: ServerLock? = nil
    ) throws(Problem) {
        self.configuration = configuration
        try Self.takeDescriptors()
        let state = configuration.state
        try state.make()
        if let lock { self.lock = lock } else { self.lock = try ServerLock(folder: state.path) }
        let logger = Logbook.logger("supervisor", level: Self.logLevel)
        let store = try ModelStore(folder: state.models)
        let supervisor = try Supervisor(
            configuration: configuration,
            ledger: try Ledger(path: state.ledger),
            store: store,
            environments: EnvironmentStore(folder: environmentsFolder),
            listeners: listeners,
            logger: logger
        )
        self.supervisor = supervisor
        control = ControlServer(
            control: supervisor,
            socket: state.controlSocket,
            metricsPort: metricsPort,
            logger: logger
        )
        drops = configuration.models.map {
            DropFolderLoop(
                folder: $0,
                supervisor: supervisor,
                intake: Intake(store: store, types: configuration.types)
            )
        }
    }

    /// A server for `scorekeeper serve`.
    ///
    /// Errors: `stateInUse` naming the other server's pid; `listenAddress`, `notLoopback`,
    /// `portInUse`; `modelsFolder`; `capacity`; `instanceTypes`; `supportFolder`; whatever the ledger
    /// says.
    public static func serve(_ options: ServeOptions) throws(Problem) -> Server {
        let program = try OwnProgram()
        var listeners = try Listeners(
            common: options.listen,
            ports: options.ports,
            isInsecure: options.insecure
        )
        let state = try StateFolder(path: options.state)
        try options.models.map(requireFolder)
        let machine = try machine(options.capacity)
        let types = try instanceTypes(options.instanceTypes)
        let support = try SupportFolder(executable: program.path)
        // Where nothing was kept there is no gateway to look for, and what fails leaves nothing.
        if state.isUnused {
            try listeners.bindRest()
            try options.metricsPort.map(requireFree)
        }
        try state.make()
        // First: looking for a gateway beside a running server would take its gateway from it.
        let lock = try ServerLock(folder: state.path)
        try bind(&listeners, beside: state)
        let configuration = ServerConfiguration(
            state: state,
            program: program,
            support: support,
            nodes: (1...max(1, options.nodes)).map { NodeName(number: $0) },
            models: options.models,
            statuses: .managed,
            orphanGrace: .seconds(600),
            gatewayUser: gatewayUser,
            machine: machine,
            types: types,
            isInsecure: options.insecure
        )
        return try Server(
            configuration: configuration,
            listeners: listeners,
            environmentsFolder: state.environments,
            metricsPort: options.metricsPort,
            lock: lock
        )
    }

    /// A server for `scorekeeper up`: a state folder of its own that goes with it, and the model's
    /// endpoint at the root of its port.
    ///
    /// Shape: built environments are kept for the next time, in the user's cache folder.
    /// Errors: what `check` would tell of the model; those of `serve`.
    public static func up(_ options: UpOptions) throws(Problem) -> Server {
        let program = try OwnProgram()
        let check = ModelCheck(path: options.model)
        if let problem = check.problems.first { throw problem }
        guard let endpoint = check.endpoint else {
            preconditionFailure("a check without problems has no name: \(check)")
        }
        var listeners = try Listeners(
            common: nil,
            ports: [ServeOptions.PortAssignment(endpoint: endpoint, address: options.listen)],
            isInsecure: options.insecure
        )
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
            machine: Machine(forOneAlone: .whole),
            isInsecure: options.insecure,
            isTemporary: true
        )
        return try Server(
            configuration: configuration,
            listeners: listeners,
            environmentsFolder: try cacheFolder()
        )
    }

    /// The state folder's path, where its control socket is found.
    public var stateFolder: String { configuration.state.path }

    /// Drains and ends, as INT would have it.
    public func leave() { supervisor.inbox.put(.leave) }

    /// Runs until it has drained after INT, TERM or HUP, or another executable takes over.
    ///
    /// Shape: `onReady` is called once the control socket answers; what it throws ends the server.
    /// Errors: `cannotListen` when the control socket cannot be bound; what `onReady` throws.
    public func run(
        onReady: @escaping @Sendable () async throws(Problem) -> Void = {}
    ) async throws(Problem) {
        let inbox = supervisor.inbox
        let signals = Signals { inbox.put(.leave) }
        let trouble = Trouble()
        let control = self.control
        let serving = Task {
            do throws(Problem) {
                // Not awaited: what it asks of the control socket is answered after it returns.
                try await control.run { Task { await trouble.end(supervisor, after: onReady) } }
            } catch {
                await trouble.note(error)
                inbox.put(.leave)
            }
        }
        let watching = drops.map { drops in Task { await drops.run() } }
        await supervisor.run()
        // Nothing is ended first: all that is open here, the lock with it, closes as it begins.
        if let successor = await supervisor.successor { throw successor.begin() }
        watching?.cancel()
        serving.cancel()
        await serving.value
        if configuration.isTemporary { TemporaryState.remove(configuration.state) }
        if let problem = await trouble.first { throw problem }
        withExtendedLifetime((signals, lock)) {}
    }

    /// Where built environments are kept for a server that keeps no state.
    ///
    /// Source: XDG Base Directory Specification 0.8; file-hierarchy(7) for root.
    private static func cacheFolder() throws(Problem) -> String {
        let variables = ProcessInfo.processInfo.environment
        let base: String
        if geteuid() == 0 {
            base = "/var/cache"
        } else if let named = variables["XDG_CACHE_HOME"], named.hasPrefix("/") {
            base = named
        } else {
            base = (variables["HOME"] ?? "/tmp") + "/.cache"
        }
        let folder = base + "/scorekeeper/environments"
        do {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true
            )
        } catch {
            throw Problem(
                .failed,
                code: "cacheFolder",
                what: "cannot make '\(folder)': \(error.localizedDescription)",
                remedy: "name a cache folder that you may write in XDG_CACHE_HOME"
            )
        }
        return folder
    }

    /// Debug lines where `SCOREKEEPER_LOG` says so.
    private static var logLevel: Logger.Level {
        ProcessInfo.processInfo.environment["SCOREKEEPER_LOG"]
            .flatMap { Logger.Level(rawValue: $0) } ?? .info
    }

    /// The user that the gateway becomes where we are root: nobody's, and no scorer's.
    static var gatewayUser: UInt32? { geteuid() == 0 ? 64_999 : nil }

    static func ownExecutable() throws(Problem) -> String {
        do {
            return try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        } catch {
            throw Problem(
                .failed,
                code: "ownExecutable",
                what: "cannot find our own executable: \(error.localizedDescription)",
                remedy: "mount /proc"
            )
        }
    }

    private static func requireFolder(_ path: String) throws(Problem) {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw Problem(
                .notFound,
                code: "modelsFolder",
                what: "cannot watch '\(path)': there is no such folder",
                remedy: "make it, or name another with --models"
            )
        }
        guard isFolder.boolValue else {
            throw Problem(
                .invalid,
                code: "modelsFolder",
                what: "cannot watch '\(path)': it is no folder",
                remedy: "name the folder that models are dropped into with --models"
            )
        }
    }

    /// Tells early that the port for metrics is taken: it is bound when all else is there.
    private static func requireFree(metricsPort: UInt16) throws(Problem) {
        do throws(Problem) {
            _ = try ListeningSocket.bind(SocketAddress(host: "127.0.0.1", port: metricsPort))
        } catch {
            throw Problem(
                error.kind,
                code: error.code,
                what: error.what,
                remedy: "name a free one with --metrics-port"
            )
        }
    }

    /// Binds at once, so that a port in use is told before anything is started; but what a gateway
    /// that outlived its supervisor may hold is taken from it later.
    private static func bind(
        _ listeners: inout Listeners,
        beside state: StateFolder
    ) throws(Problem) {
        do throws(Problem) {
            try listeners.bindRest()
        } catch {
            guard error.code == "portInUse",
                (try? PacketSocket(connectingTo: state.gatewaySocket)) != nil
            else { throw error }
        }
    }
}
