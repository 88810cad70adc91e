// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// Rules of a managedOnlineEndpoint.
extension ManifestRule {
    static let endpoint: [ManifestRule] = [
        .init(
            .endpoint,
            "name",
            "stands in the document",
            whole: "auth_mode: key\n",
            "noName 1:1",
            "write the endpoint's name: 3 to 32 characters"
        ),
        .init(
            .endpoint,
            "name",
            "has 3 to 32 letters, digits and hyphens, a letter first",
            whole: "name: 1_iris\n",
            "name 1:7",
            "a letter first"
        ),
        .init(
            .endpoint,
            "(any)",
            "is one of the known keys; the nearest is named",
            "mirror_trafic: {blue: 10}",
            "unknownKey 2:1",
            "did you mean 'mirror_traffic'?"
        ),
        .init(
            .endpoint,
            "(any)",
            "stands once",
            "name: rose",
            "duplicateKey 2:1",
            "keep one of them"
        ),
        .init(
            .endpoint,
            "$schema",
            "names the kind that is read",
            "$schema: https://x/latest/model.schema.json",
            "schema 2:10",
            "write a managedOnlineEndpoint"
        ),
        .init(
            .endpoint,
            "auth_mode",
            "is key, aml_token or aad_token",
            "auth_mode: none",
            "word 2:12",
            "'aad_token' or 'aml_token' or 'key'"
        ),
        .init(
            .endpoint,
            "identity",
            "is a mapping",
            "identity: system_assigned",
            "notAMapping 2:11",
            "write keys and values"
        ),
        .init(
            .endpoint,
            "identity.type",
            "stands in identity",
            "identity: {tenant_id: x}",
            "missingKey 2:11",
            "write 'system_assigned' or 'user_assigned'"
        ),
        .init(
            .endpoint,
            "identity.type",
            "is system_assigned or user_assigned",
            "identity: {type: none}",
            "word 2:18",
            "'system_assigned' or 'user_assigned'"
        ),
        .init(
            .endpoint,
            "identity.user_assigned_identities",
            "is written for user_assigned",
            "identity: {type: user_assigned}",
            "identity 2:18",
            "a list of 'resource_id'"
        ),
        .init(
            .endpoint,
            "identity.user_assigned_identities",
            "is written for user_assigned alone",
            "identity: {type: system_assigned, user_assigned_identities: [{resource_id: x}]}",
            "identity 2:61",
            "or write 'user_assigned'"
        ),
        .init(
            .endpoint,
            "identity.user_assigned_identities",
            "is a list with resource_id",
            "identity: {type: user_assigned, user_assigned_identities: [{client_id: x}]}",
            "identity 2:59",
            "a list of mappings with 'resource_id'"
        ),
        .init(
            .endpoint,
            "traffic",
            "is a mapping",
            "traffic: 100",
            "notAMapping 2:10",
            "write keys and values"
        ),
        .init(
            .endpoint,
            "traffic",
            "sums to 0 or 100",
            "traffic: {blue: 60, green: 41}",
            "trafficSum 2:1",
            "let them sum to 100, or to 0"
        ),
        .init(
            .endpoint,
            "traffic.NAME",
            "is a whole number from 0 to 100",
            "traffic: {blue: 101}",
            "range 2:17",
            "from 0 to 100"
        ),
        .init(
            .endpoint,
            "traffic.NAME",
            "is no number below 0",
            "traffic: {blue: -1, green: 100}",
            "range 2:17",
            "from 0 to 100"
        ),
        .init(
            .endpoint,
            "traffic.NAME",
            "has no fraction and is no NaN",
            "traffic: {blue: .nan, green: 100}",
            "range 2:17",
            "a whole number"
        ),
        .init(
            .endpoint,
            "traffic.NAME",
            "is a legal name of a deployment",
            "traffic: {'..': 100}",
            "name 2:11",
            "write a deployment's name"
        ),
        .init(
            .endpoint,
            "traffic.NAME",
            "stands once, whatever its case",
            "traffic: {blue: 50, Blue: 50}",
            "trafficTwice 2:21",
            "keep one of them"
        ),
        .init(
            .endpoint,
            "mirror_traffic.NAME",
            "is a whole number from 0 to 50",
            "mirror_traffic: {green: 51}",
            "range 2:25",
            "from 0 to 50"
        ),
        .init(
            .endpoint,
            "mirror_traffic",
            "names one deployment",
            "mirror_traffic: {green: 10, red: 10}",
            "mirrorCount 2:29",
            "a copy goes to one deployment"
        ),
        .init(
            .endpoint,
            "mirror_traffic",
            "names none that traffic names",
            "traffic: {blue: 100}\nmirror_traffic: {blue: 10}",
            "mirrorLive 3:18",
            "a deployment answers, or gets copies"
        ),
        .init(
            .endpoint,
            "public_network_access",
            "is enabled or disabled",
            "public_network_access: no",
            "word 2:24",
            "'disabled' or 'enabled'"
        ),
        .init(
            .endpoint,
            "compute",
            "is not written: it is for Kubernetes",
            "compute: azureml:cluster",
            "notSupported 2:1",
            "served by this machine"
        ),
        .init(
            .endpoint,
            "description",
            "is a text",
            "description: [a]",
            "notAText 2:14",
            "write a text or remove it"
        ),
        .init(
            .endpoint,
            "tags",
            "is a mapping",
            "tags: team",
            "notAMapping 2:7",
            "write keys and values"
        ),
        .init(
            .endpoint,
            "tags.NAME",
            "is a text",
            "tags: {team: [a]}",
            "notAText 2:14",
            "write a text"
        ),
        .init(
            .endpoint,
            "instance_count",
            "stands in the deployment's document",
            "instance_count: 2",
            "misplacedKey 2:1",
            "in the deployment's document"
        ),
        .init(
            .endpoint,
            "scorekeeper.statuses",
            "stands under properties",
            "scorekeeper.statuses: direct",
            "misplacedKey 2:1",
            "under 'properties'"
        ),
        .init(
            .endpoint,
            "properties.scorekeeper.statuses",
            "is managed, azure or direct",
            "properties: {scorekeeper.statuses: mlflow}",
            "word 2:36",
            "'direct' or 'managed'"
        ),
        .init(
            .endpoint,
            "properties.scorekeeper.NAME",
            "is one of ours",
            "properties: {scorekeeper.status: direct}",
            "unknownKey 2:14",
            "did you mean 'scorekeeper.statuses'?"
        ),
        .init(
            .endpoint,
            "properties.scorekeeper.retry",
            "stands in the deployment's document",
            "properties: {scorekeeper.retry: once}",
            "misplacedKey 2:14",
            "of the deployment's document"
        ),
        .init(
            .endpoint,
            "properties.enforce_access_to_default_secret_stores",
            "is not enabled",
            "properties: {enforce_access_to_default_secret_stores: enabled}",
            "notSupported 2:14",
            "no store of Azure's is asked"
        ),
    ]
}
