// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@testable import Manifests

@Suite struct `A deployment's document` {
    private let base = ManifestRule.base(.deployment)

    private func read(_ more: String) -> ManifestReader.Outcome {
        ManifestReader.read(Array((base + more).utf8), file: "d.yml", in: "deploy")
    }

    private func deployment(_ more: String) throws -> DeploymentManifest {
        guard case .deployment(let found) = try read(more).reading.get() else {
            throw Problem(.failed, code: "kind", what: "it is no deployment")
        }
        return found
    }

    @Test func `as Azure shows it, is read whole`() throws {
        let found = try deployment(
            """
            instance_type: Standard_DS3_v2
            instance_count: 3
            request_settings: {max_concurrent_requests_per_instance: 4, request_timeout_ms: 90000}
            liveness_probe: {initial_delay: 30, failure_threshold: 3}
            readiness_probe: {period: 5, success_threshold: 2}
            startup_probe: {timeout: 7}
            scale_settings: {type: default}
            app_insights_enabled: false
            description: The second one.
            tags: {team: a}
            properties:
              anyone.else: 1.10
              scorekeeper.rollout.compare: report
              scorekeeper.rollout.tolerance: '0.001'
              scorekeeper.rollout.compare_requests: 50
              scorekeeper.rollout.failure_percent: 5
              scorekeeper.rollout.failure_requests: '100'
            """
        )

        let settings = found.settings
        #expect(settings.instanceType?.text == "Standard_DS3_v2")
        #expect(settings.instanceType?.location.description == "d.yml:5:16")
        #expect(settings.pendingLimit == 24)
        #expect(settings.livenessProbe?.initialDelaySeconds == 30)
        #expect(settings.livenessProbe?.failureThreshold == 3)
        #expect(settings.readinessProbe?.periodSeconds == 5)
        #expect(settings.readinessProbe?.successThreshold == 2)
        #expect(settings.startupProbe?.timeoutSeconds == 7)
        #expect(settings.rollout.comparison == .report)
        #expect(settings.rollout.tolerance == 0.001)
        #expect(settings.rollout.comparedRequests == 50)
        #expect(settings.rollout.failurePercent == 5)
        #expect(settings.rollout.failureRequests == 100)
        #expect(found.description == "The second one.")
        #expect(found.tags == ["team": "a"])
        #expect(found.properties == ["anyone.else": "1.10"])
        #expect(found.model?.path == "deploy/iris")
    }

    @Test func `leaves out what it does not say, and probes have Azure's defaults`() throws {
        let nothing = try deployment("").settings
        let probe = try #require(try deployment("liveness_probe: {}\n").settings.livenessProbe)

        #expect(nothing.livenessProbe == nil)
        #expect(nothing.pendingLimit == nil)
        #expect(nothing.requestTimeoutMilliseconds == nil)
        #expect(nothing.rollout == RolloutSettings())
        #expect(probe == ProbeSettings())
        #expect(
            [
                probe.initialDelaySeconds, probe.periodSeconds, probe.timeoutSeconds,
                probe.successThreshold, probe.failureThreshold,
            ] == [10, 10, 2, 1, 30]
        )
    }

    @Test func `may describe its model, or name a registered one`() throws {
        let text =
            "name: blue\negress_public_network_access: disabled\nendpoint_name: iris\nmodel: "

        let inline = try #require(
            manifest(
                text + "{name: w, version: 2, path: ./w, type: mlflow_model, stage: Production}"
            )
        )
        let named = try #require(manifest(text + "azureml:w@latest"))

        #expect(inline.inlineModel?.name == "w")
        #expect(inline.inlineModel?.version == "2")
        #expect(inline.isMLflow)
        #expect(inline.model?.path == "w")
        #expect(named.model == nil)
        #expect(named.modelReference?.description == "azureml:w@latest")
    }

    private func manifest(_ text: String) -> DeploymentManifest? {
        let outcome = ManifestReader.read(Array(text.utf8), file: "d.yml", in: ".")
        #expect(outcome.findings.problems == [])
        guard case .deployment(let found) = outcome.manifest else { return nil }
        return found
    }

    @Test(arguments: [
        ("app_insights_enabled: true", "notUsed"), ("provisioning_state: Succeeded", "answeredKey"),
        ("request_settings: {max_queue_wait_ms: 500}", "notUsed"),
        ("data_collector: {collections: {request: {enabled: 'False'}}}", "notUsed"),
        ("properties: {scorekeeper.rollout.compare_requests: 9}", "notUsed"),
        (
            "properties: {scorekeeper.retry: never, scorekeeper.rollout.compare: require}",
            "comparisonAsksAgain"
        ),
    ])
    func `is told what of it changes nothing`(text: String, code: String) {
        let findings = read(text + "\n").findings

        #expect(findings.problems == [])
        #expect(findings.notices.map(\.code) == [code])
        #expect(findings.notices.first?.location?.line == 5)
    }
}

@Suite struct `A model's document` {
    @Test func `as Azure shows it, is read whole`() throws {
        let text = """
            $schema: https://azuremlschemas.azureedge.net/latest/model.schema.json
            name: iris
            version: 1.10
            type: mlflow_model
            path: ./models/iris/
            flavors: {sklearn: {sklearn_version: 1.9.1}, python_function: {}}
            stage: Production
            description: Irises.
            tags: {team: a}
            properties: {b: c}
            """

        let outcome = ManifestReader.read(Array(text.utf8), file: "m.yml", in: "folder")

        guard case .model(let found) = try outcome.reading.get() else {
            Issue.record("no model")
            return
        }
        #expect(found.name == "iris")
        #expect(found.version == "1.10")
        #expect(found.format == .mlflow)
        #expect(found.path.path == "folder/models/iris")
        #expect(found.flavors == ["sklearn", "python_function"])
        #expect(found.stage == "Production")
        #expect(found.description == "Irises.")
        #expect(found.tags == ["team": "a"])
        #expect(found.properties == ["b": "c"])
        #expect(outcome.findings.notices.map(\.code) == ["notUsed"])
    }
}

@Suite struct `An environment's document` {
    @Test func `as Azure shows it, is read whole, its image told and left`() throws {
        let text = """
            name: tools
            version: 3
            image: mcr.microsoft.com/azureml/minimal-ubuntu22.04-py39-cpu-inference:latest
            conda_file:
              channels: [conda-forge]
              dependencies: [python=3.11, {pip: [numpy==2.4.6]}]
            os_type: linux
            description: Tools.
            """

        let outcome = ManifestReader.read(Array(text.utf8), file: "e.yml", in: ".")

        guard case .environment(let found) = try outcome.reading.get() else {
            Issue.record("no environment")
            return
        }
        #expect(found.name == "tools")
        #expect(found.version == "3")
        #expect(found.definition.requirements.map(\.text) == ["numpy==2.4.6"])
        #expect(found.image?.hasPrefix("mcr.microsoft.com") == true)
        #expect(outcome.findings.notices.map(\.code) == ["imageNotUsed"])
    }
}
