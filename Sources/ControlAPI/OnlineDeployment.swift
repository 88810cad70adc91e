// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// A deployment in the words of Azure ML's command line.
///
/// Shape: as JSON its keys are those of `az ml online-deployment show`, and some of ours.
public struct OnlineDeployment: Codable, Sendable, Hashable {
    /// Its name.
    public var name: DeploymentName
    /// The endpoint that it stands behind.
    public var endpointName: EndpointName
    /// `Creating`, `Updating`, `Succeeded`, `Failed` or `Deleting`.
    public var provisioningState: String
    /// The revision that is wanted.
    public var revision: Revision
    /// Instances that shall serve.
    public var instanceCount: Int
    /// Instances that serve.
    public var serving: Int
    /// Percent of the endpoint's requests that it answers.
    public var traffic: Int
    /// Percent of the endpoint's requests that it is sent copies of.
    public var mirrorTraffic: Int
    /// Why it is as it is.
    public var why: String
    /// The instance type.
    public var instanceType: String?
    /// The registered model, or where the model was taken from.
    public var model: String?
    /// The environment that it names or describes.
    public var environment: String?
    /// What it is, for people.
    public var description: String?
    /// The person's own labels.
    public var tags: [String: String]

    enum CodingKeys: String, CodingKey {
        case name, revision, serving, traffic, why, model, environment, description, tags
        case endpointName = "endpoint_name"
        case provisioningState = "provisioning_state"
        case instanceCount = "instance_count"
        case mirrorTraffic = "mirror_traffic"
        case instanceType = "instance_type"
    }

    /// The same facts as a status has.
    public init(_ status: DeploymentStatus, of endpoint: EndpointName) {
        name = status.name
        endpointName = endpoint
        revision = status.revision
        instanceCount = status.wanted
        serving = status.serving
        traffic = status.percent
        mirrorTraffic = status.mirrorPercent
        why = status.why
        instanceType = status.declared?.instanceType
        model = status.declared?.model
        environment = status.declared?.environment
        description = status.declared?.description
        tags = status.declared?.tags ?? [:]
        provisioningState =
            switch status.state {
            case .building, .starting: "Creating"
            case .changing: "Updating"
            case .serving: "Succeeded"
            // What somebody asked for is there.
            case .halted where status.isUndone == true: "Succeeded"
            case .halted, .failed: "Failed"
            case .removing: "Deleting"
            }
    }
}
