// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// Which packages of conda's channels are on PyPI, and under what name.
///
/// A package that is not listed is refused by name rather than guessed: conda's `cudatoolkit`,
/// compilers and system libraries have no counterpart that a Python installer could fetch.
enum CondaPackages {
    /// Conda's name and PyPI's, where they differ.
    private static let renamed: [String: String] = [
        "black-jupyter": "black",
        "dask-core": "dask",
        "matplotlib-base": "matplotlib",
        "msgpack-python": "msgpack",
        "py-xgboost": "xgboost",
        "python-flatbuffers": "flatbuffers",
        "python-graphviz": "graphviz",
        "pytorch": "torch",
        "tensorflow-base": "tensorflow",
        "typing_extensions": "typing-extensions",
    ]

    /// Packages whose names are the same in both.
    private static let same: Set<String> = [
        "accelerate", "aiohttp", "attrs", "azure-core", "azure-identity", "boto3", "bottleneck",
        "catboost", "category-encoders", "certifi", "cffi", "click", "cloudpickle",
        "cryptography", "cython", "dask", "datasets", "dill", "docker", "evaluate", "fastapi",
        "filelock", "flask", "fsspec", "gensim", "gunicorn", "h5py", "holidays",
        "huggingface-hub", "hyperopt", "imbalanced-learn", "importlib-metadata", "ipython",
        "jinja2", "joblib", "keras", "lightgbm", "lxml", "matplotlib", "mlflow", "mlflow-skinny",
        "networkx", "nltk", "numba", "numexpr", "numpy", "onnx", "onnxruntime", "openpyxl",
        "optuna", "orjson", "packaging", "pandas", "patsy", "pillow", "plotly", "polars",
        "prophet", "protobuf", "psutil", "pyarrow", "pydantic", "python-dateutil", "pytz",
        "pyyaml", "regex", "requests", "scikit-image", "scikit-learn", "scipy", "seaborn",
        "sentence-transformers", "sentencepiece", "shap", "six", "skops", "spacy", "sqlalchemy",
        "statsmodels", "sympy", "tensorflow", "threadpoolctl", "tokenizers", "torchvision",
        "tornado", "tqdm", "transformers", "typing-extensions", "tzdata", "urllib3", "uvicorn",
        "wrapt", "xarray", "xgboost",
    ]

    /// PyPI's name for conda's package; nothing when there is no counterpart.
    static func packageIndexName(of condaName: String) -> String? {
        let name = condaName.lowercased()
        if let other = renamed[name] { return other }
        let normalised = RequirementParser.normalised(name)
        return same.contains(normalised) ? normalised : nil
    }
}
