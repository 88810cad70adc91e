// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// A request to serve something behind an endpoint.
///
/// Shape: a model, a scorer program, or both (the program is then given the model's folder); or a
/// document that says all that.
public struct DeployRequest: Codable, Sendable, Hashable {
    /// A scorer program and its arguments, without the program itself.
    public struct ScorerProgram: Codable, Sendable, Hashable {
        /// The program's absolute path.
        public var path: String
        /// What it is given.
        public var arguments: [String]

        /// Makes a program.
        public init(path: String, arguments: [String] = []) {
            self.path = path
            self.arguments = arguments
        }
    }

    /// The endpoint; nothing takes it from the model's or the program's name.
    public var name: EndpointName?
    /// The absolute path of a deployment's document, which says what is served; then neither model
    /// nor scorer stands here.
    public var file: String?
    /// The model directory's absolute path.
    public var model: String?
    /// The program that scores; nothing for the one that suits the model.
    public var scorer: ScorerProgram?
    /// Where a program's libraries are looked for besides, as `LD_LIBRARY_PATH` has it.
    public var libraryPath: String?
    /// How many instances; nothing leaves what is declared, or one.
    public var instances: Int?

    /// Makes a request.
    public init(
        name: EndpointName? = nil,
        file: String? = nil,
        model: String? = nil,
        scorer: ScorerProgram? = nil,
        libraryPath: String? = nil,
        instances: Int? = nil
    ) {
        self.name = name
        self.file = file
        self.model = model
        self.scorer = scorer
        self.libraryPath = libraryPath
        self.instances = instances
    }
}

/// What a server took up when it was asked to deploy.
public struct DeployAnswer: Codable, Sendable, Hashable {
    /// The deployment.
    public var key: DeploymentKey
    /// The revision that is wanted from now on.
    public var revision: Revision
    /// Where requests go.
    public var url: String
    /// What a person should be told: a name that was mapped, a setting that was ignored.
    public var notices: [String]

    /// Makes an answer.
    public init(key: DeploymentKey, revision: Revision, url: String, notices: [String] = []) {
        self.key = key
        self.revision = revision
        self.url = url
        self.notices = notices
    }
}
