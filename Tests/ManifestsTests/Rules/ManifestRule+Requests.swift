// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// Rules of a deployment's requests, probes and data collection.
extension ManifestRule {
    static let requests: [ManifestRule] = [
        .init(
            .deployment,
            "request_settings",
            "is a mapping",
            "request_settings: 5",
            "notAMapping 5:19",
            "write keys and values"
        ),
        .init(
            .deployment,
            "request_settings.request_timeout_ms",
            "is from 1 to 180000",
            "request_settings: {request_timeout_ms: 180001}",
            "range 5:40",
            "from 1 to 180000"
        ),
        .init(
            .deployment,
            "request_settings.max_concurrent_requests_per_instance",
            "is from 1 to 256",
            "request_settings: {max_concurrent_requests_per_instance: 0}",
            "range 5:58",
            "from 1 to 256"
        ),
        .init(
            .deployment,
            "request_settings.max_queue_wait_ms",
            "is from 1 to 180000",
            "request_settings: {max_queue_wait_ms: fast}",
            "range 5:39",
            "from 1 to 180000"
        ),
        .init(
            .deployment,
            "request_settings.NAME",
            "is one of the known keys",
            "request_settings: {request_timeout: 5}",
            "unknownKey 5:20",
            "did you mean 'request_timeout_ms'?"
        ),
        .init(
            .deployment,
            "liveness_probe",
            "is a mapping",
            "liveness_probe: true",
            "notAMapping 5:17",
            "write keys and values"
        ),
        .init(
            .deployment,
            "liveness_probe.initial_delay",
            "is 1 or more",
            "liveness_probe: {initial_delay: 0}",
            "range 5:33",
            "from 1"
        ),
        .init(
            .deployment,
            "liveness_probe.period",
            "is whole seconds",
            "liveness_probe: {period: 1.5}",
            "range 5:26",
            "a whole number"
        ),
        .init(
            .deployment,
            "readiness_probe.timeout",
            "is 1 or more",
            "readiness_probe: {timeout: 0}",
            "range 5:28",
            "from 1"
        ),
        .init(
            .deployment,
            "readiness_probe.success_threshold",
            "is 1 or more",
            "readiness_probe: {success_threshold: -1}",
            "range 5:38",
            "from 1"
        ),
        .init(
            .deployment,
            "startup_probe.failure_threshold",
            "is 1 or more",
            "startup_probe: {failure_threshold: 0}",
            "range 5:36",
            "from 1"
        ),
        .init(
            .deployment,
            "startup_probe.NAME",
            "is one of the known keys",
            "startup_probe: {failure_treshold: 3}",
            "unknownKey 5:17",
            "did you mean 'failure_threshold'?"
        ),
        .init(
            .deployment,
            "readiness_probe.path",
            "is not written: the route is the server's",
            "readiness_probe: {path: /}",
            "unknownKey 5:19",
            "remove it"
        ),
        .init(
            .deployment,
            "data_collector.collections",
            "stands there",
            "data_collector: {}",
            "missingKey 5:17",
            "remove it"
        ),
        .init(
            .deployment,
            "data_collector.collections.NAME.enabled",
            "is not true: nothing is kept",
            "data_collector: {collections: {request: {enabled: 'true'}}}",
            "notSupported 5:1",
            "nothing is collected here"
        ),
        .init(
            .deployment,
            "data_collector.collections.NAME.enabled",
            "is true or false",
            "data_collector: {collections: {request: {enabled: on}}}",
            "word 5:51",
            "'false' or 'true'"
        ),
        .init(
            .deployment,
            "data_collector.collections.NAME",
            "has known keys",
            "data_collector: {collections: {request: {enable: 'false'}}}",
            "unknownKey 5:42",
            "did you mean 'enabled'?"
        ),
        .init(
            .deployment,
            "data_collector.collections",
            "are five at most",
            "data_collector: {collections: {a: {}, b: {}, c: {}, d: {}, e: {}, f: {}}}",
            "collections 5:18",
            "keep 5 of them"
        ),
        .init(
            .deployment,
            "data_collector.sampling_rate",
            "is from 0 to 1",
            "data_collector: {collections: {request: {}}, sampling_rate: 1.5}",
            "range 5:61",
            "from 0 to 1"
        ),
        .init(
            .deployment,
            "data_collector.rolling_rate",
            "is minute, hour, day, month or year",
            "data_collector: {collections: {request: {}}, rolling_rate: week}",
            "word 5:60",
            "'day' or 'hour'"
        ),
        .init(
            .deployment,
            "data_collector.request_logging.capture_headers",
            "is a list of names",
            "data_collector: {collections: {request: {}}, request_logging: {capture_headers: x}}",
            "notAList 5:81",
            "write a list"
        ),
        .init(
            .deployment,
            "data_collector.NAME",
            "is one of the known keys",
            "data_collector: {collections: {request: {}}, sampling: 1}",
            "unknownKey 5:46",
            "remove it"
        ),
    ]
}
