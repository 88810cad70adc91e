// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Client
import ControlAPI
import Foundation
import Testing
import Vocabulary

@Suite struct `The management API` {
    @Test func `takes up what is deployed and shows it until it is deleted`() async throws {
        try await RunningServer.run { server in
            let iris = try endpoint("iris")
            let request = DeployRequest(name: iris, model: "/models/iris", instances: 2)

            let answer = try await server.client.deploy(request)
            let shown = try await server.client.endpoint(iris)
            try await server.client.delete(iris)

            #expect(await server.memory.asked == [request])
            #expect(answer.revision == Revision(number: 1))
            #expect(answer.notices == ["told"])
            #expect(shown.source == "/models/iris")
            #expect(shown.deployments.first?.instances.first?.pid == 77)
            await #expect(throws: Problem.self) { try await server.client.endpoint(iris) }
            #expect(try await server.client.status().endpoints.isEmpty)
        }
    }

    @Test func `tells what is promised of the machine`() async throws {
        try await RunningServer.run { server in
            let quota = try await server.client.quota()

            #expect(quota == (await server.memory.quota()))
        }
    }

    @Test func `plans a patch, builds it and rolls it in, a step at a time`() async throws {
        try await RunningServer.run { server in
            let key = DeploymentKey(endpoint: try endpoint("iris"), deployment: .dropped)
            let settlement = try #require(Digest(String(repeating: "5", count: 64)))
            let step = PatchStep(key: key, revision: Revision(number: 4), settlement: settlement)

            let plan = try await server.client.planPatch(PatchRequest(names: ["iris"]))
            let unknown = await #expect(throws: Problem.self) {
                try await server.client.planPatch(PatchRequest(names: ["nobody"]))
            }
            let forgotten = await #expect(throws: Problem.self) {
                try await server.client.buildPatch(settlement)
            }
            let answer = try await server.client.patch(step)

            #expect(plan.environments.first?.names == ["iris"])
            #expect(plan.steps.isEmpty)
            #expect(unknown?.kind == .notFound)
            #expect(forgotten?.code == "patchForgotten")
            #expect(answer == DeployAnswer(key: key, revision: step.revision.next, url: answer.url))
        }
    }

    @Test func `takes endpoints and deployments by themselves`() async throws {
        try await RunningServer.run { server in
            let iris = try endpoint("iris")
            let blue = try #require(DeploymentName("blue"))
            let key = DeploymentKey(endpoint: iris, deployment: blue)

            let made = try await server.client.put(
                EndpointRequest(mode: .create, name: iris, traffic: ["blue": 100])
            )
            let answer = try await server.client.put(
                OnlineDeploymentRequest(mode: .create, file: "/b.yml", name: blue, endpoint: iris)
            )
            try await server.client.delete(key)
            let again = await #expect(throws: Problem.self) {
                try await server.client.put(EndpointRequest(mode: .create, name: iris))
            }

            #expect(try await server.client.onlineEndpoint(iris) == made)
            #expect(made.traffic == ["blue": 100])
            #expect(answer.key == key)
            #expect(await server.memory.deleted == [key])
            #expect(again?.kind == .conflict)
        }
    }

    @Test func `compares the two deployments that are named, or refuses to`() async throws {
        try await RunningServer.run { server in
            let iris = try endpoint("iris")
            let blue = DeploymentKey(
                endpoint: iris,
                deployment: try #require(DeploymentName("blue"))
            )
            let green = try #require(DeploymentName("green"))

            let refused = await #expect(throws: Problem.self) {
                try await server.client.compare(blue, with: green)
            }
            _ = try await server.client.put(EndpointRequest(mode: .create, name: iris))
            let found = try await server.client.compare(blue, with: green)

            #expect(refused?.kind == .conflict)
            #expect(refused?.code == "notMirrored")
            #expect(found == (try await server.memory.compare(blue, with: green)))
            #expect(found.live.deployment == blue.deployment)
            #expect(found.mirrored.deployment == green)
        }
    }

    @Test func `answers the status that the server gave, to the millisecond`() async throws {
        try await RunningServer.run { server in
            let given = await server.memory.status()
            let shown = try await server.client.status()

            #expect(shown == given)
        }
    }

    @Test func `shows and commands rollouts`() async throws {
        try await RunningServer.run { server in
            let iris = try endpoint("iris")
            let key = DeploymentKey(endpoint: iris, deployment: .dropped)
            _ = try await server.client.deploy(DeployRequest(name: iris, model: "/models/iris"))

            let shown = try await server.client.rollout(of: key)
            let undone = try await server.client.command(.undo, of: key)

            #expect(shown.state == .none)
            #expect(undone.state == .goingBack)
            await #expect(throws: Problem.self) { try await server.client.command(.pause, of: key) }
        }
    }

    @Test func `drains nodes and refuses those there are not`() async throws {
        try await RunningServer.run { server in
            try await server.client.drain(NodeName(number: 1), isDrained: true)
            let drained = await server.memory.drained
            try await server.client.drain(NodeName(number: 1), isDrained: false)

            #expect(drained)
            #expect(await !server.memory.drained)
            await #expect(throws: Problem.self) {
                try await server.client.drain(NodeName(number: 2), isDrained: true)
            }
        }
    }

    @Test func `tells an instance's story`() async throws {
        try await RunningServer.run { server in
            let iris = try endpoint("iris")
            _ = try await server.client.deploy(DeployRequest(name: iris, model: "/models/iris"))
            let key = DeploymentKey(endpoint: iris, deployment: .dropped)

            let story = try await server.client.explain(InstanceID(key: key, ordinal: 1))

            #expect(story.entries.map(\.effects) == [["spawn iris/default/1#1"]])
        }
    }

    @Test func `gives each kind of problem its status and gives the problem back`() async throws {
        try await RunningServer.run { server in
            let names = try ["iris", "wine", "third"].map(endpoint)
            _ = try await server.client.deploy(DeployRequest(name: names[0], model: "/a"))
            _ = try await server.client.deploy(DeployRequest(name: names[1], model: "/b"))
            let refused: [(DeployRequest, Problem.Kind, String)] = [
                (DeployRequest(name: names[0], model: "/x.zip"), .invalid, "archive"),
                (DeployRequest(name: names[0], model: "/other"), .conflict, "nameTaken"),
                (DeployRequest(name: names[2], model: "/c"), .exhausted, "full"),
                (DeployRequest(name: names[2]), .unsupported, "scorerAlone"),
            ]

            for (request, kind, code) in refused {
                let problem = await #expect(throws: Problem.self) {
                    try await server.client.deploy(request)
                }

                #expect(problem?.kind == kind)
                #expect(problem?.code == code)
            }
            let missing = await #expect(throws: Problem.self) {
                try await server.client.delete(names[2])
            }
            #expect(missing?.kind == .notFound)
        }
    }

    @Test func `writes a problem with its code, message and place`() async throws {
        try await RunningServer.run { server in
            let body = Data(#"{"name":"iris","model":"/x.zip"}"#.utf8)

            let (status, text) = try await server.ask("POST", "/endpoints", body)

            #expect(status == 400)
            let expected =
                #"{"error":{"code":"archive","message":"cannot read an archive; unpack it","#
                + #""target":"/x.zip:3:7"}}"# + "\n"
            #expect(text == expected)
        }
    }

    @Test(arguments: [
        ("GET", "/nowhere"), ("PUT", "/status"), ("GET", "/instances/iris/default"), ("GET", "/"),
    ])
    func `does not know other routes`(method: String, path: String) async throws {
        try await RunningServer.run { server in
            let (status, text) = try await server.ask(method, path)

            #expect(status == 404)
            #expect(text.contains(#""code":"routeNotFound""#))
        }
    }

    @Test(arguments: [
        ("", "it is not JSON"), ("{", "it is not JSON"), ("[1]", "wrong type"),
        (#"{"name":"m1"}"#, "3 to 32 characters"), (#"{"instances":"two"}"#, "'instances'"),
        (#"{"scorer":{"arguments":[]}}"#, "'scorer.path' is missing"),
    ])
    func `refuses a body it cannot read, and says why`(body: String, why: String) async throws {
        try await RunningServer.run { server in
            let (status, text) = try await server.ask("POST", "/endpoints", Data(body.utf8))

            #expect(status == 400)
            #expect(text.contains(#""code":"badRequest""#))
            #expect(text.contains(why))
            #expect(await server.memory.asked.isEmpty)
        }
    }

    @Test func `refuses a body that is too long`() async throws {
        try await RunningServer.run { server in
            let long = Data(repeating: UInt8(ascii: " "), count: 3 << 20)

            let (status, text) = try await server.ask("POST", "/endpoints", long)

            #expect(status == 413)
            #expect(text.contains(#""code":"bodyTooLong""#))
        }
    }

    @Test(arguments: ["/endpoints/m1", "/endpoints/a%2fb", "/instances/iris/default/0"])
    func `refuses names that break the rule`(path: String) async throws {
        try await RunningServer.run { server in
            let (status, text) = try await server.ask("GET", path)

            #expect(status == 400)
            #expect(text.contains(#""message":"cannot read "#))
        }
    }
}
