// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing
import Vocabulary
import Wire

@testable import Processes

@Suite struct `The share of an instance` {
    @Test func `grows with its cores, within what the kernel takes`() {
        let types = [0, 1, 1_000, 4_000, 96_000, 1_000_000].map {
            InstanceType(name: "t", millicores: $0, memoryBytes: 1 << 30)
        }

        let shares = types.map { ControlGroupShare($0) }

        #expect(shares.map(\.ofTime) == [256, 2, 1_024, 4_096, 98_304, 262_144])
        #expect(shares.map(\.weight) == [25, 1, 100, 400, 9_600, 10_000])
    }

    @Test(arguments: [nil, 500])
    func `is a weight where it has no cores of its own, and a quota besides where it has`(
        millicores: Int?
    ) throws {
        let node = try TestNode()
        // Without a writable cgroup the node says so in its greeting: nothing to hold it to.
        guard node.isolation == .limited else { return }
        let type = millicores.map {
            InstanceType(name: "own", millicores: $0, memoryBytes: 64 << 20)
        }
        let order = try node.order("import time; time.sleep(600)", type: type ?? .shared)

        _ = try node.start(order)
        let groups = ControlGroupPlaces.read().flatMap(\.bases)
            .map { "\($0)/\(node.cgroupName)/iris.default.1.\(order.run.incarnation)" }
        func value(_ names: [String]) -> String? {
            let files = groups.flatMap { group in names.map { "\(group)/\($0)" } }
            return files.first { access($0, F_OK) == 0 }.map { ControlGroup.value($0) }
        }
        let weight = value(["cpu.shares", "cpu.weight"])
        let quota = value(["cpu.cfs_quota_us", "cpu.max"])
        try node.send(.end(order.run))
        _ = try node.end(of: order.run)

        let hasQuota = quota != "-1" && quota?.hasPrefix("max") != true
        #expect(hasQuota == (millicores != nil))
        #expect(quota?.hasPrefix("50000") == (millicores != nil))
        #expect(["256", "25", "512", "50"].contains(weight ?? ""))
        #expect(["256", "25"].contains(weight ?? "") == (millicores == nil))
    }
}
