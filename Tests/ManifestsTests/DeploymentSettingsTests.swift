// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@testable import Manifests

@Suite struct `A document beside a model` {
    private func read(_ text: String) -> Reading<DeploymentSettings> {
        DeploymentSettingsReader.read(
            Array(text.utf8),
            file: "iris.yml",
            endpoint: EndpointName("iris"),
            folderName: "iris"
        )
    }

    private func refused(_ text: String) -> [String] { places(read(text).findings) }

    @Test func `may have a number of ours in quotes, as Azure's properties are text`() throws {
        let quoted = read("properties: {scorekeeper.start_deadline: '120'}")

        #expect(try quoted.get().startDeadlineSeconds == 120)
        #expect(refused("instance_count: '3'") != [])
    }

    @Test(arguments: [
        ("65536", 65_536), ("'64KiB'", 65_536), ("16 MiB", 16 << 20), ("4GiB", 4 << 30), ("1", 1),
    ])
    func `may have an amount of bytes with its unit`(text: String, bytes: Int) throws {
        let settings = try read("properties: {scorekeeper.body_limit: \(text)}").get()

        #expect(settings.bodyLimit == bytes)
    }

    @Test(arguments: ["0", "-1", "5GiB", "1MB", "1.5MiB", "MiB", "99999999999GiB", "[1]", ""])
    func `is refused where an amount of bytes is none, or too much`(text: String) {
        let problems = read("properties: {scorekeeper.body_limit: \(text)}").findings.problems

        #expect(problems.map(\.code) == ["size"])
        #expect(problems.first?.remedy.contains("from 1 to 4 GiB") == true)
    }

    @Test func `as Azure has it, with additions of ours, is read whole`() throws {
        let text = """
            $schema: https://azuremlschemas.azureedge.net/latest/managedOnlineDeployment.schema.json
            name: blue
            endpoint_name: iris
            model: {path: ./iris, type: mlflow_model}
            instance_count: 3
            instance_type: Standard_DS3_v2
            environment_variables: {LEVEL: no, COUNT: 012, EMPTY: ""}
            request_settings:
              request_timeout_ms: 90000
              max_concurrent_requests_per_instance: 4
              max_queue_wait_ms: 250
            liveness_probe: {initial_delay: 10, period: 10}
            egress_public_network_access: enabled
            tags: {team: a}
            properties:
              anything.of.azure: stays
              scorekeeper.retry: never
              scorekeeper.python: nearest
              scorekeeper.statuses: managed
              scorekeeper.fork_server: off
              scorekeeper.isolation: sandbox
              scorekeeper.start_deadline: 120
              scorekeeper.debug_errors: on
              scorekeeper.merge: off
              scorekeeper.body_limit: 256MiB
            """

        let reading = read(text)
        let settings = try reading.get()

        #expect(settings.deployment?.text == "blue")
        #expect(settings.instances == 3)
        #expect(settings.variables == ["LEVEL": "no", "COUNT": "012", "EMPTY": ""])
        #expect(settings.requestTimeoutMilliseconds == 90_000)
        #expect(settings.concurrentRequests == 4)
        #expect(settings.isNetworkAllowed)
        #expect(settings.instanceType?.text == "Standard_DS3_v2")
        #expect(settings.instanceType?.location.description == "iris.yml:6:16")
        #expect(settings.retry == .never)
        #expect(settings.pythonPolicy == .nearest)
        #expect(settings.statuses == .managed)
        #expect(settings.isForkServerUsed == false)
        #expect(settings.minimumIsolation == .sandbox)
        #expect(settings.startDeadlineSeconds == 120)
        #expect(settings.bodyLimit == 256 << 20)
        #expect(settings.showsFailures)
        #expect(
            reading.findings.notices.map(\.description) == [
                "iris.yml:11:3: 'max_queue_wait_ms' is accepted and not used yet: a request may "
                    + "wait until its own deadline"
            ]
        )
    }

    @Test func `that asks for a scorer of one's own, is shown the command that serves one`() {
        let problems = read("properties: {scorekeeper.scorer: ./echo}\n").findings.problems

        #expect(
            problems.map(\.description) == [
                "iris.yml:1:14: 'scorekeeper.scorer' is not supported yet; remove it, or serve the "
                    + "document alone with 'scorekeeper deploy -f' or the program with "
                    + "'scorekeeper deploy --scorer PROGRAM'"
            ]
        )
    }

    @Test(arguments: ["gateway": 1, "any": 0])
    func `may put no model on the gateway's core`(word: String, refusals: Int) {
        let reading = read("properties:\n  scorekeeper.core: \(word)\n")

        #expect(
            reading.findings.problems.map(\.description)
                == Array(
                    repeating: "iris.yml:2:3: 'scorekeeper.core: gateway' is for a program whose "
                        + "calls take microseconds; a call of Python would keep the gateway from its work; "
                        + "remove it",
                    count: refusals
                )
        )
    }

    @Test func `that says nothing of the network, is told that there is none`() {
        #expect(read("name: blue\n").findings.notices.map(\.code) == ["egressOff"])
        #expect(
            read("egress_public_network_access: disabled\n").findings.notices.map(\.code) == []
        )
    }

    @Test(arguments: [
        ("instance_cuont: 3", "instance_count"), ("Name: a", "name"),
        ("request_settings: {request_timeout: 1}", "request_timeout_ms"),
        ("properties: {scorekeeper.retries: once}", "scorekeeper.retry"),
        ("properties: {scorekeper.retry: once}", "scorekeeper.retry"),
        ("liveness_probe: {perid: 1}", "period"),
    ])
    func `with a key that nobody knows, is refused with the nearest`(
        _ text: String,
        _ nearest: String
    ) {
        let problem = read(text).findings.problems.first

        #expect(problem?.code == "unknownKey")
        #expect(problem?.remedy == "did you mean '\(nearest)'?")
        #expect(problem?.location?.line == 1)
    }

    @Test func `with a key of ours beside 'properties', is told where it belongs`() {
        let problem = read("scorekeeper.retry: never\n").findings.problems.first

        #expect(problem?.remedy == "write it under 'properties'")
        #expect(problem?.location?.line == 1)
    }

    @Test func `with a key like none that is known, is told to drop it`() {
        #expect(read("bogus: 1\n").findings.problems.map(\.remedy) == ["remove it"])
    }

    @Test func `knows every key that it offers`() {
        for key in DeploymentSettingsReader.keys {
            #expect(!read("\(key): x\n").findings.problems.contains { $0.code == "unknownKey" })
        }
        for key in DeploymentSettingsReader.properties {
            let findings = read("properties: {\(key): x}\n").findings
            #expect(!findings.problems.contains { $0.code == "unknownKey" })
        }
        for key in DeploymentSettingsReader.requestSettings {
            #expect(read("request_settings: {\(key): 1}\n").findings.isClean)
        }
    }

    @Test(arguments: ["0", "-1", "1000000000", "51", "1.5", "'3'", "0x3", "three", "[3]", ""])
    func `row 44, with a count of instances that cannot be, is refused`(_ count: String) {
        #expect(refused("instance_count: \(count)\n").count == 1)
        #expect(read("instance_count: 50\n").findings.isClean)
    }

    @Test func `with times out of their ranges, is refused at each`() {
        let text = """
            request_settings:
              request_timeout_ms: 180001
              max_queue_wait_ms: 0
              max_concurrent_requests_per_instance: 257
            """

        #expect(refused(text) == ["range 2:23", "range 3:22", "range 4:41"])
        #expect(read("request_settings: {request_timeout_ms: 180000}\n").findings.isClean)
    }

    @Test func `with words that are not known, is refused with those that are`() {
        let text = "egress_public_network_access: no\nproperties: {scorekeeper.retry: twice}\n"
        let problems = read(text).findings.problems

        #expect(places(problems) == ["word 1:31", "word 2:33"])
        #expect(
            problems.map(\.remedy) == ["write 'disabled' or 'enabled'", "write 'never' or 'once'"]
        )
    }

    @Test(arguments: [
        "environment: azureml:x:1", "code_configuration: {code: .}", "data_collector: {}",
        "private_network_connection: true", "resources: {}", "model_mount_path: /m",
        "scale_settings: {type: target_utilization}", "type: kubernetes",
        "$schema: https://x/kubernetesOnlineDeployment.schema.json",
    ])
    func `that asks for what is not built, is refused rather than passed over`(_ text: String) {
        #expect(refused(text).count == 1)
    }

    @Test func `agrees with its folder or is refused`() {
        #expect(refused("endpoint_name: wine\n") == ["endpointMismatch 1:16"])
        #expect(refused("model: azureml:wine:1\n") == ["modelMismatch 1:8"])
        #expect(refused("model: {path: ../wine}\n") == ["modelMismatch 1:8"])
        #expect(read("model: azureml:iris:1\n").findings.isClean)
        #expect(read("model: ./iris/\n").findings.isClean)
        #expect(refused("model: {path: iris, type: triton_model}\n") == ["model 1:27"])
    }

    @Test func `row 43, with a name that breaks the rule, is refused`() {
        for name in ["..", "'%2e%2e'", "1a", "ab", "a_b", "é-x", String(repeating: "a", count: 33)]
        {
            #expect(refused("name: \(name)\n") == ["name 1:7"])
        }
    }

    @Test func `with variables that cannot be, is refused at each`() {
        let text = """
            environment_variables:
              1A: x
              SCOREKEEPER_RUN: x
              A=B: x
              A: [x]
              B:
            """

        #expect(
            refused(text) == [
                "variableName 2:3", "variableName 3:3", "variableName 4:3", "variableValue 5:6",
                "variableValue 6:5",
            ]
        )
    }

    @Test func `never brings the reader down, whatever its bytes are`() {
        let text = """
            name: blue
            instance_count: 3
            environment_variables: {LEVEL: no, COUNT: 012}
            request_settings: {request_timeout_ms: 90000}
            properties: {scorekeeper.retry: never, scorekeeper.start_deadline: 60}
            """
        var random = Mutations(seed: 13)
        for _ in 0..<1_000 {
            let reading = DeploymentSettingsReader.read(
                random.mutated(Array(text.utf8)),
                file: "iris.yml"
            )
            #expect((reading.value == nil) == !reading.findings.isClean)
        }
    }

    @Test func `that is empty, a list or no YAML, is refused`() {
        #expect(refused("") == ["emptyDocument 1:1"])
        #expect(refused("- a\n") == ["notAMapping 1:1"])
        #expect(refused("a: [\n").count == 1)
        #expect(refused("name: [a]\nproperties: 3\n") == ["notAText 1:7", "notAMapping 2:13"])
    }
}
