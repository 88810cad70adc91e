// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Vocabulary

/// A server's quota as a person reads it: cores by node, who was promised them, what a loss costs.
public struct QuotaReport: Sendable {
    private let quota: QuotaStatus
    private let zone: TimeZone

    /// Makes a report with times in `zone`.
    public init(_ quota: QuotaStatus, zone: TimeZone) {
        self.quota = quota
        self.zone = zone
    }

    /// The whole report.
    public var text: String {
        let parts = [nodes, legend, deployments, rollbacks, losses]
        return parts.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }
            .joined(separator: "\n\n")
    }

    private var nodes: [String] {
        var table = Table([
            .words("NODE"), .number("CORES"), .number("USED"), .number("POOLED"),
            .number("RESERVED"), .number("FREE"), .number("SHARING"),
        ])
        for node in quota.nodes {
            table.add([
                node.isJoined ? node.name.text : "\(node.name) (away)", cores(node.millicores),
                cores(node.usedMillicores), cores(node.pooledMillicores),
                cores(node.reservedMillicores), cores(node.freeMillicores), "\(node.sharing)",
            ])
        }
        if quota.nodes.count > 1 {
            func sum(_ figure: (QuotaStatus.Node) -> Int) -> String {
                cores(quota.nodes.reduce(0) { $0 + figure($1) })
            }
            table.add([
                "all", sum(\.millicores), sum(\.usedMillicores), sum(\.pooledMillicores),
                sum(\.reservedMillicores), sum(\.freeMillicores),
                "\(quota.nodes.reduce(0) { $0 + $1.sharing })",
            ])
        }
        return table.lines
    }

    private var legend: [String] {
        let meaning = "used and pooled are reserved; pooled is kept for rollouts and recovery"
        return [meaning] + [quota.machine.overcommitment].compactMap(\.self)
    }

    private var deployments: [String] {
        var table = Table([
            .words("DEPLOYMENT"), .words("TYPE"), .number("HELD"), .words("RESERVES"),
        ])
        for promise in quota.deployments {
            let sum = promise.places * promise.millicoresEach
            let isShared = promise.millicoresEach == 0
            let arithmetic =
                "\(promise.places) x \(cores(promise.millicoresEach)) = \(CoreCount(millicores: sum).counted)"
            let missing = promise.unplaced > 0 ? ", \(promise.unplaced) without a node" : ""
            table.add([
                promise.deployment.description, promise.instanceType, "\(promise.held)",
                isShared ? "nothing: it shares" : arithmetic + missing,
            ])
        }
        return table.isEmpty ? [] : table.lines
    }

    private var rollbacks: [String] {
        quota.deployments.compactMap { promise in
            guard let kept = promise.rollback else { return nil }
            let cores = CoreCount(millicores: kept.millicores).counted
            return "\(promise.deployment): held for a rollback until "
                + "\(Wording.timeOfDay(kept.until, in: zone)): \(cores)"
        }
    }

    private var losses: [String] {
        quota.nodes.map { node in
            guard let loss = node.loss else {
                return "if \(node.name) is lost: not known until everyone was heard of"
            }
            guard !loss.isEmpty else {
                return "if \(node.name) is lost: everything is placed again"
            }
            let each = loss.map { cost in
                let instances = Counted(cost.instances, of: cost.instances + cost.left, "instance")
                return "\(cost.deployment) loses \(instances)"
            }
            return "if \(node.name) is lost: " + each.joined(separator: "; ")
        }
    }

    private func cores(_ millicores: Int) -> String { "\(CoreCount(millicores: millicores))" }
}
