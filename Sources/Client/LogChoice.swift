// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Vocabulary

/// Whose logs are meant: an endpoint's, one deployment's, or one instance's.
public struct LogChoice: Sendable, Hashable {
    /// The endpoint.
    public let endpoint: EndpointName
    private let deployment: DeploymentName?
    private let ordinal: Int?

    /// What is to be read.
    public struct Found: Sendable, Hashable {
        /// The logs, those of builds first.
        public var files: [LogFile]
        /// How many instances wrote logs and are gone; those logs are not among `files`.
        public var gone: Int
    }

    /// All of an endpoint.
    public init(_ endpoint: EndpointName) {
        self.init(endpoint: endpoint, deployment: nil, ordinal: nil)
    }

    /// One deployment's.
    public init(_ key: DeploymentKey) {
        self.init(endpoint: key.endpoint, deployment: key.deployment, ordinal: nil)
    }

    /// Reads `ENDPOINT`, `ENDPOINT/DEPLOYMENT` or `ENDPOINT/DEPLOYMENT/NUMBER`.
    public init?(_ text: String) {
        if let id = InstanceID(text) {
            self.init(
                endpoint: id.key.endpoint,
                deployment: id.key.deployment,
                ordinal: id.ordinal
            )
        } else if let key = DeploymentKey(text) {
            self.init(key)
        } else if let endpoint = EndpointName(text) {
            self.init(endpoint)
        } else {
            return nil
        }
    }

    private init(endpoint: EndpointName, deployment: DeploymentName?, ordinal: Int?) {
        self.endpoint = endpoint
        self.deployment = deployment
        self.ordinal = ordinal
    }

    /// The logs under a state folder; without a `status`, where no server answers, all of them.
    ///
    /// Instances of earlier revisions leave their logs behind: they are read where `isAll` says so,
    /// and where one of them is named.
    /// Errors: `deploymentNotFound` for a deployment that is not there.
    public func files(
        under state: String,
        of status: EndpointStatus?,
        isAll: Bool
    ) throws(Problem) -> Found {
        let written = LogFile.all(of: endpoint, state: state).filter(isMeant)
        guard let status else { return Found(files: written, gone: 0) }
        if let deployment, written.isEmpty || (ordinal == nil && !isAll),
            !status.deployments.contains(where: { $0.name == deployment })
        {
            let key = DeploymentKey(endpoint: endpoint, deployment: deployment)
            throw ControlClient.noDeployment(key, but: status.deployments.map(\.name))
        }
        let builds = LogFile.builds(of: status).filter(isMeant)
        guard !isAll, ordinal == nil else { return Found(files: builds + written, gone: 0) }
        let there = Set(status.deployments.flatMap { $0.instances.map(\.id) })
        let files = written.filter { file in there.contains { names(file, $0) } }
        return Found(files: builds + files, gone: written.count - files.count)
    }

    private func isMeant(_ file: LogFile) -> Bool {
        (deployment == nil || file.deployment == deployment)
            && (ordinal == nil || file.ordinal == ordinal)
    }

    private func names(_ file: LogFile, _ id: InstanceID) -> Bool {
        file.deployment == id.key.deployment && file.ordinal == id.ordinal
    }
}
