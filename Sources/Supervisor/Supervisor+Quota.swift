// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Rulebook
import Vocabulary

/// What is promised of the machine, put together for people and programs.
extension Supervisor {
    func quota() async -> QuotaStatus {
        let machine = configuration.machine
        let view = rulebook.quota(at: now)
        let measured = machine.measured.divided(by: configuration.nodes.count)
        return QuotaStatus(
            machine: QuotaStatus.Machine(
                millicores: machine.given.millicores,
                measuredMillicores: machine.measured.millicores,
                memoryBytes: machine.given.memoryBytes,
                measuredMemoryBytes: machine.measured.memoryBytes,
                overcommitment: machine.overcommitment
            ),
            nodes: view.nodes.map { node in
                QuotaStatus.Node(
                    name: node.name,
                    isJoined: node.isJoined,
                    millicores: node.millicores ?? 0,
                    measuredMillicores: measured.millicores,
                    usedMillicores: node.usedMillicores,
                    reservedMillicores: node.reservedMillicores,
                    pooledMillicores: node.pooledMillicores,
                    freeMillicores: node.freeMillicores ?? 0,
                    sharing: node.sharing,
                    loss: node.loss.map { losses in
                        losses.map {
                            QuotaStatus.Loss(
                                deployment: $0.key,
                                instances: $0.instances,
                                left: $0.left
                            )
                        }
                    }
                )
            },
            deployments: view.deployments.map { deployment in
                var status = QuotaStatus.Deployment(
                    deployment: deployment.key,
                    instanceType: deployment.instanceType,
                    places: deployment.places,
                    millicoresEach: deployment.millicoresEach,
                    held: deployment.held,
                    unplaced: deployment.unplaced
                )
                status.rollback = deployment.rollback.map { kept in
                    QuotaStatus.Rollback(millicores: kept.millicores, until: date(kept.until))
                }
                return status
            }
        )
    }

    /// Tells the rulebook what each node gives out, so that nothing has to wait for the nodes to be
    /// judged by it.
    func noteSizes() {
        let share = configuration.machine.given.divided(by: configuration.nodes.count)
        for name in configuration.nodes {
            observe(.nodeSized(name, millicores: share.millicores))
        }
        guard let overcommitment = configuration.machine.overcommitment else { return }
        logger.warning("capacity declared", metadata: ["what": "\(overcommitment)"])
        notices.set(overcommitment, for: .capacity)
    }
}
