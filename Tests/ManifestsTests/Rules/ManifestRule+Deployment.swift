// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// Rules of a managedOnlineDeployment: what it is, and how many instances of what it has.
extension ManifestRule {
    static let deployment: [ManifestRule] = [
        .init(
            .deployment,
            "name",
            "has 3 to 32 letters, digits and hyphens, a letter first",
            whole: "name: b\nmodel: ./iris\n",
            "name 1:7",
            "3 to 32 characters"
        ),
        .init(
            .deployment,
            "endpoint_name",
            "keeps the same rule",
            whole: "endpoint_name: iris-\nmodel: ./iris\n",
            "name 1:16",
            "no hyphen last"
        ),
        .init(
            .deployment,
            "(any)",
            "is one of the known keys; the nearest is named",
            "instance_cuont: 2",
            "unknownKey 5:1",
            "did you mean 'instance_count'?"
        ),
        .init(
            .deployment,
            "(any)",
            "is a key that nothing known is near to",
            "zzz: 1",
            "unknownKey 5:1",
            "remove it"
        ),
        .init(
            .deployment,
            "$schema",
            "names the kind that is read",
            "$schema: https://x/kubernetesOnlineDeployment.schema.json",
            "schema 5:10",
            "write a managedOnlineDeployment"
        ),
        .init(
            .deployment,
            "type",
            "is managed",
            "type: kubernetes",
            "kind 5:7",
            "remove it"
        ),
        .init(
            .deployment,
            "traffic",
            "stands in the endpoint's document",
            "traffic: {blue: 100}",
            "misplacedKey 5:1",
            "in the endpoint's document"
        ),
        .init(
            .deployment,
            "identity",
            "stands in the endpoint's document",
            "identity: {type: system_assigned}",
            "misplacedKey 5:1",
            "in the endpoint's document"
        ),
        .init(
            .deployment,
            "instance_count",
            "is a whole number from 1 to 50",
            "instance_count: 0",
            "range 5:17",
            "from 1 to 50"
        ),
        .init(
            .deployment,
            "instance_count",
            "is no more than 50",
            "instance_count: 1000000000",
            "range 5:17",
            "from 1 to 50"
        ),
        .init(
            .deployment,
            "instance_type",
            "is a name",
            "instance_type: four cores",
            "instanceType 5:16",
            "as 'Standard_DS3_v2'"
        ),
        .init(
            .deployment,
            "scale_settings.type",
            "is default",
            "scale_settings: {type: target_utilization, min_instances: 1}",
            "scaleSettings 5:17",
            "'instance_count' says how many"
        ),
        .init(
            .deployment,
            "scale_settings.type",
            "stands in scale_settings",
            "scale_settings: {}",
            "scaleSettings 5:17",
            "write 'type: default'"
        ),
        .init(
            .deployment,
            "scale_settings.min_instances",
            "is for scaling by load alone",
            "scale_settings: {type: default, min_instances: 1}",
            "scaleSettings 5:33",
            "remove it"
        ),
        .init(
            .deployment,
            "scale_settings.NAME",
            "is one of the known keys",
            "scale_settings: {type: default, max_instance: 1}",
            "unknownKey 5:33",
            "did you mean 'max_instances'?"
        ),
        .init(
            .deployment,
            "environment_variables.NAME",
            "is a legal name",
            "environment_variables: {1A: x}",
            "variableName 5:25",
            "no digit first"
        ),
        .init(
            .deployment,
            "environment_variables.NAME",
            "is none of ours",
            "environment_variables: {SCOREKEEPER_RUN: x}",
            "variableName 5:25",
            "choose another name"
        ),
        .init(
            .deployment,
            "environment_variables.NAME",
            "is a text",
            "environment_variables: {A: [x]}",
            "variableValue 5:28",
            "write a text"
        ),
        .init(
            .deployment,
            "environment_variables.NAME",
            "asks for no secret of Azure's",
            "environment_variables: {A: '${{azureml://connections/c/credentials/k}}'}",
            "secretReference 5:28",
            "write its value"
        ),
        .init(
            .deployment,
            "app_insights_enabled",
            "is true or false",
            "app_insights_enabled: 'yes'",
            "notABoolean 5:23",
            "write true or false"
        ),
        .init(
            .deployment,
            "egress_public_network_access",
            "is enabled or disabled",
            whole: "name: blue\nmodel: ./iris\negress_public_network_access: no\n",
            "word 3:31",
            "'disabled' or 'enabled'"
        ),
        .init(
            .deployment,
            "private_network_connection",
            "is not true",
            "private_network_connection: true",
            "notSupported 5:1",
            "remove it"
        ),
        .init(
            .deployment,
            "resources",
            "is not written: it is for Kubernetes",
            "resources: {requests: {cpu: '1'}}",
            "notSupported 5:1",
            "'instance_type' says"
        ),
        .init(
            .deployment,
            "model_mount_path",
            "is not written",
            "model_mount_path: /models",
            "notSupported 5:1",
            "AZUREML_MODEL_DIR says where"
        ),
        .init(
            .deployment,
            "description",
            "is a text",
            "description: {a: b}",
            "notAText 5:14",
            "write a text"
        ),
        .init(
            .deployment,
            "tags.NAME",
            "is a text",
            "tags: {team: {a: b}}",
            "notAText 5:14",
            "write a text"
        ),
    ]
}
