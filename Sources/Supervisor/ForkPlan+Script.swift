// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

extension ForkPlan {
    /// What is slow to import and survives a fork, by the package's normalised name on the index.
    private static let modulesOfPackage = [
        "catboost": ["catboost"],
        "inference-schema": ["inference_schema.schema_decorators"],
        "joblib": ["joblib"],
        "lightgbm": ["lightgbm"],
        "mlflow": ["mlflow.pyfunc"],
        "mlflow-skinny": ["mlflow.pyfunc"],
        "numpy": ["numpy"],
        "onnxruntime": ["onnxruntime"],
        "pandas": ["pandas"],
        "pillow": ["PIL.Image"],
        "pyarrow": ["pyarrow"],
        "scikit-learn": ["sklearn"],
        "scipy": ["scipy"],
        "skops": ["skops.io"],
        "statsmodels": ["statsmodels.api"],
        "xgboost": ["xgboost"],
        "xgboost-cpu": ["xgboost"],
    ]

    /// Decides for a script in an environment that holds `packages`.
    ///
    /// What the script imports, nobody knows before it runs, and it is never run in the parent: the
    /// well-known slow packages of its environment are taken.
    static func decide(isWanted: Bool, packages: [String]) -> ForkPlan {
        let plan = decide(isWanted: isWanted, flavors: [], importing: [], packages: packages)
        guard plan.reason.isEmpty else { return plan }
        let modules = packages.sorted().flatMap { modulesOfPackage[$0] ?? [] }
        guard !modules.isEmpty else {
            return ForkPlan(modules: [], reason: "nothing in the environment is slow to import")
        }
        var seen: Set<String> = []
        return ForkPlan(modules: modules.filter { seen.insert($0).inserted }, reason: "")
    }
}
