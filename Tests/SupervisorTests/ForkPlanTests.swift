// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Supervisor

@Suite struct `A fork plan` {
    private let importing = ["mlflow.pyfunc", "mlflow.sklearn"]

    @Test func `warms what loading a model imports, and its flavor's library`() {
        let plan = ForkPlan.decide(
            isWanted: true,
            flavors: ["python_function", "xgboost"],
            importing: importing,
            packages: ["mlflow", "xgboost"]
        )

        #expect(plan.modules.starts(with: importing))
        #expect(plan.modules.contains("xgboost"))
        #expect(plan.reason.isEmpty)
    }

    @Test(arguments: ForkPlan.unsafePackages)
    func `starts cold where a package does not survive a fork`(package: String) {
        let plan = ForkPlan.decide(
            isWanted: true,
            flavors: ["python_function"],
            importing: importing,
            packages: ["mlflow", package]
        )

        #expect(plan.modules.isEmpty)
        #expect(plan.reason.contains(package))
    }

    @Test func `starts cold where the manifest says so`() {
        let plan = ForkPlan.decide(
            isWanted: false,
            flavors: ["sklearn"],
            importing: importing,
            packages: []
        )

        #expect(plan.modules.isEmpty)
        #expect(plan.reason.contains("scorekeeper.fork_server"))
    }
}
