// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Rulebook
import Testing
import Vocabulary

@Suite struct `Traffic of an endpoint` {
    @Test func `goes nowhere until a declared endpoint's deployment is named`() {
        var stage = Stage.withTwo()

        let shares = stage.shares
        let granted = stage.play(
            .trafficDeclared(.init(endpoint: Stage.iris, live: [.init(Stage.blue, percent: 100)]))
        )

        #expect(shares == ["blue": 0, "green": 0])
        #expect(granted.refusal == nil)
        #expect(stage.shares == ["blue": 100, "green": 0])
    }

    @Test(arguments: [[60], [60, 60], [101], [-1], [0, 99]])
    func `is refused unless it makes 0 or 100 percent`(percents: [Int]) {
        var stage = Stage.withTwo()
        let names = [Stage.blue, Stage.green]
        let live = zip(names, percents).map { TrafficDeclaration.Share($0, percent: $1) }

        let refusal = stage.play(.trafficDeclared(.init(endpoint: Stage.iris, live: live))).refusal

        #expect(refusal?.code == "traffic")
        #expect(refusal?.kind == .invalid)
        #expect(stage.shares == ["blue": 0, "green": 0])
    }

    @Test func `is refused where it names a deployment that is not there`() {
        var stage = Stage.withTwo()
        let live = [TrafficDeclaration.Share(Stage.name("grey"), percent: 100)]

        let refusal = stage.play(.trafficDeclared(.init(endpoint: Stage.iris, live: live))).refusal

        #expect(refusal?.code == "deploymentNotFound")
        #expect(refusal?.what.contains("'blue', 'green'") == true)
    }

    @Test func `is copied to one deployment that answers nobody, and to half of it at most`() {
        var stage = Stage.withTwo()
        let live = [TrafficDeclaration.Share(Stage.blue, percent: 100)]
        func refusal(_ name: DeploymentName, _ percent: Int) -> String? {
            let mirror = TrafficDeclaration.Share(name, percent: percent)
            return stage.play(
                .trafficDeclared(.init(endpoint: Stage.iris, live: live, mirror: mirror))
            ).refusal?.code
        }

        #expect(refusal(Stage.green, 51) == "mirrorTraffic")
        #expect(refusal(Stage.blue, 10) == "mirrorTraffic")
        #expect(refusal(Stage.green, 50) == nil)
        #expect(stage.mirrored == ["blue": 0, "green": 50])
    }

    @Test func `keeps the deployment that answers it from being deleted`() {
        var stage = Stage.withTwo()
        stage.share(100, 0)

        let live = stage.play(.withdrawn(Stage.key(Stage.blue)))
        let idle = stage.play(.withdrawn(Stage.key(Stage.green)))

        #expect(live.refusal?.code == "liveTraffic")
        #expect(idle.refusal == nil)
        #expect(stage.shares == ["blue": 100])
    }

    @Test func `is copied no more once the deployment that was sent copies is deleted`() {
        var stage = Stage.withTwo()
        let mirror = TrafficDeclaration.Share(Stage.green, percent: 10)
        let live = [TrafficDeclaration.Share(Stage.blue, percent: 100)]
        stage.play(.trafficDeclared(.init(endpoint: Stage.iris, live: live, mirror: mirror)))

        stage.play(.withdrawn(Stage.key(Stage.green)))

        #expect(stage.rulebook.traffic(of: Stage.iris)?.mirror == nil)
        #expect(stage.rulebook.traffic(of: Stage.iris)?.live == live)
    }

    @Test func `moves when it is declared anew, and no process for it`() {
        var stage = Stage.withTwo()
        stage.share(90, 10)
        let before = stage.effects.count

        stage.share(10, 90)

        let since = stage.effects[before...]
        #expect(since.count == 1)
        #expect(stage.shares == ["blue": 10, "green": 90])
    }

    @Test func `leaves its endpoint known when the last deployment has gone`() {
        var stage = Stage.withTwo()

        stage.play(.withdrawn(Stage.key(Stage.blue)))
        stage.play(.withdrawn(Stage.key(Stage.green)))

        #expect(!stage.effects.contains(.unpublish(Stage.iris)))
        #expect(stage.lastPublished?.deployments.isEmpty == true)
    }

    @Test func `ends with its endpoint, and every deployment with it`() {
        var stage = Stage.withTwo()
        stage.share(50, 50)

        let decision = stage.play(.endpointWithdrawn(Stage.iris))
        let again = stage.play(.endpointWithdrawn(Stage.iris))

        #expect(decision.refusal == nil)
        #expect(stage.effects.contains(.unpublish(Stage.iris)))
        #expect(stage.rulebook.status.deployments.isEmpty)
        #expect(stage.rulebook.status.endpoints.isEmpty)
        #expect(again.refusal?.code == "endpointNotFound")
    }

    @Test func `of an endpoint nobody declared goes as its deployment says`() {
        var stage = Stage()

        stage.play(.declared(Stage.declaration(1)))

        #expect(stage.published?.percent == 100)
    }
}

extension Stage {
    static let iris = key.endpoint
    static let blue = name("blue")
    static let green = name("green")

    static func name(_ text: String) -> DeploymentName {
        guard let name = DeploymentName(text) else { fatalError("'\(text)' is not a name") }
        return name
    }

    static func key(_ deployment: DeploymentName) -> DeploymentKey {
        DeploymentKey(endpoint: iris, deployment: deployment)
    }

    /// A declared endpoint with two deployments that serve and are given nothing.
    static func withTwo() -> Stage {
        var stage = Stage()
        stage.play(.trafficDeclared(TrafficDeclaration(endpoint: iris)))
        for name in [blue, green] {
            stage.play(
                .declared(
                    DeploymentDeclaration(
                        key: key(name),
                        revision: Revision(number: 1),
                        environment: "environment",
                        model: "model"
                    )
                )
            )
        }
        return stage
    }

    mutating func share(_ blue: Int, _ green: Int) {
        let live = [
            TrafficDeclaration.Share(Self.blue, percent: blue),
            TrafficDeclaration.Share(Self.green, percent: green),
        ]
        play(.trafficDeclared(TrafficDeclaration(endpoint: Self.iris, live: live)))
    }

    var lastPublished: PublishedEndpoint? {
        effects.reversed().lazy.compactMap { effect in
            if case .publish(let endpoint) = effect { endpoint } else { nil }
        }.first
    }

    var shares: [String: Int] { told(\.percent) }
    var mirrored: [String: Int] { told(\.mirrorPercent) }

    private func told(_ figure: (PublishedDeployment) -> Int) -> [String: Int] {
        let all = lastPublished?.deployments ?? []
        return Dictionary(uniqueKeysWithValues: all.map { ($0.key.deployment.text, figure($0)) })
    }
}
