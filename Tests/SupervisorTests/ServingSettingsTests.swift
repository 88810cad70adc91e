// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Manifests
import Rulebook
import Testing
import Vocabulary
import Wire

@testable import Supervisor

@Suite struct `The settings of a deployment` {
    @Test(arguments: [true, false])
    func `tell its scorer to show failures only where that is asked for`(shows: Bool) {
        var manifest = DeploymentSettings()
        manifest.variables = ["LEVEL": "3"]
        manifest.showsFailures = shows

        let settings = ServingSettings(manifest, retryUnlessSaid: .once)

        #expect(settings.variables["LEVEL"] == "3")
        #expect((settings.variables["SCOREKEEPER_DEBUG_ERRORS"] == "1") == shows)
    }

    @Test(arguments: [nil, CorePlacement.any, .gateway])
    func `put a scorer on the gateway's core only where that is asked for`(core: CorePlacement?) {
        var manifest = DeploymentSettings()
        manifest.core = core

        let settings = ServingSettings(manifest, retryUnlessSaid: .never)

        #expect((settings.isOnGatewayCore == true) == (core == .gateway))
    }

    @Test(arguments: RetryPolicy.allCases)
    func `tell its scorer where a request may not be scored twice`(retry: RetryPolicy) {
        let settings = ServingSettings(DeploymentSettings(), retryUnlessSaid: retry)

        #expect((settings.variables["SCOREKEEPER_RETRY"] == "never") == (retry == .never))
    }

    @Test func `have a new revision compared only where that is said, and as it is said`() {
        var manifest = DeploymentSettings()
        let silent = ServingSettings(manifest, retryUnlessSaid: .once)
        manifest.rollout.comparison = .off
        let off = ServingSettings(manifest, retryUnlessSaid: .once)
        manifest.rollout.comparison = .report
        let report = ServingSettings(manifest, retryUnlessSaid: .once)
        manifest.rollout.comparison = .require
        manifest.rollout.tolerance = 0.01
        manifest.rollout.comparedRequests = 10
        let required = ServingSettings(manifest, retryUnlessSaid: .once)

        #expect(silent.comparisonRule == nil)
        #expect(off.comparisonRule == nil)
        #expect(report.comparisonRule == ComparisonRule(requests: 64, isRequired: false))
        let rule = ComparisonRule(requests: 10, tolerance: 0.01, isRequired: true)
        #expect(required.comparisonRule == rule)
    }

    @Test(arguments: [nil, 1 << 20])
    func `bound a body only where that is said`(limit: Int?) {
        var manifest = DeploymentSettings()
        manifest.bodyLimit = limit

        let settings = ServingSettings(manifest, retryUnlessSaid: .once)

        #expect(settings.bodyLimit == limit)
    }

    @Test(arguments: [nil] + MergePolicy.allCases)
    func `tell its scorer how to merge only where that is said`(merging: MergePolicy?) {
        var manifest = DeploymentSettings()
        manifest.merging = merging

        let settings = ServingSettings(manifest, retryUnlessSaid: .once)

        #expect(settings.variables["SCOREKEEPER_MERGE"] == merging?.rawValue)
    }

    @Test func `of probes and failures are those of the document, and nothing where it has none`() {
        var manifest = DeploymentSettings()
        let silent = ServingSettings(manifest, retryUnlessSaid: .once)
        var probe = ProbeSettings()
        probe.periodSeconds = 5
        probe.failureThreshold = 3
        manifest.livenessProbe = probe
        manifest.startupProbe = probe
        manifest.rollout.failurePercent = 20

        let settings = ServingSettings(manifest, retryUnlessSaid: .once)

        #expect(silent.probes == nil)
        #expect(silent.failureRule == nil)
        #expect(settings.probes?.liveness?.period == .seconds(5))
        #expect(settings.probes?.liveness?.failureThreshold == 3)
        #expect(settings.probes?.readiness == nil)
        #expect(settings.startDeadlineSeconds == 25)
        #expect(settings.failureRule == FailureRule(percent: 20, requests: 50))
    }

    @Test(arguments: [nil] + RolloutSettings.Comparison.allCases)
    func `have answers to copies compared unless that is said to be off`(
        comparison: RolloutSettings.Comparison?
    ) {
        var manifest = DeploymentSettings()
        manifest.rollout.comparison = comparison
        manifest.rollout.tolerance = 0.25

        let settings = ServingSettings(manifest, retryUnlessSaid: .once)

        let wanted = MirrorComparison(samplePercent: 100, tolerance: 0.25)
        #expect(settings.mirrorComparison == (comparison == .off ? nil : wanted))
    }
}
