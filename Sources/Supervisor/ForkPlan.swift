// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// Whether a model's scorers are forked from a warmed parent, and what that parent imports.
///
/// Forking saves the imports: 38 ms to a first prediction instead of 2.3 s. It is wrong for libraries
/// that start threads or device contexts when they are imported: a fork copies the memory and not
/// the threads, and the child hangs at its first call. Those start cold.
struct ForkPlan: Equatable, Sendable {
    /// What the warmed parent imports; empty starts the scorer cold.
    let modules: [String]
    /// Why it starts cold, for a person; empty when it is forked.
    let reason: String

    /// Packages that do not survive a fork, by their normalised names on the index.
    static let unsafePackages = [
        "jax", "jaxlib", "pyspark", "tensorflow", "tensorflow-cpu", "torch", "grpcio", "ray",
    ]

    /// The modules of a flavor's libraries, and what these import only when they are first used.
    ///
    /// A module that is not there is skipped.
    private static let modulesOfFlavor = [
        "catboost": ["catboost"],
        "lightgbm": ["lightgbm"],
        "onnx": ["onnxruntime"],
        "prophet": ["prophet"],
        "sklearn": [
            "sklearn", "skops.io", "pyarrow.pandas_compat",
            "narwhals._pandas_like.namespace", "narwhals._pandas_like.dataframe",
            "narwhals.stable.v2._namespace", "email._header_value_parser",
        ],
        "statsmodels": ["statsmodels.api"],
        "xgboost": ["xgboost"],
    ]

    /// Decides for a model of `flavors` in an environment that holds `packages`.
    ///
    /// Shape: `isWanted` is the setting `scorekeeper.fork_server`; `importable` are the modules
    /// that loading the model imports.
    static func decide(
        isWanted: Bool,
        flavors: [String],
        importing importable: [String],
        packages: [String]
    ) -> ForkPlan {
        guard isWanted else {
            return ForkPlan(modules: [], reason: "scorekeeper.fork_server is off")
        }
        if let package = unsafePackages.first(where: packages.contains) {
            return ForkPlan(modules: [], reason: "'\(package)' does not survive a fork")
        }
        var modules = importable + ["mlflow.pyfunc.scoring_server"]
        for flavor in flavors.sorted() {
            modules += modulesOfFlavor[flavor] ?? []
        }
        return ForkPlan(modules: modules, reason: "")
    }
}
