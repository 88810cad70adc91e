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
        "brotli-python": "brotli",
        "dask-core": "dask",
        "h2o-py": "h2o",
        "keras-base": "keras",
        "matplotlib-base": "matplotlib",
        "msgpack-python": "msgpack",
        "opencv": "opencv-python-headless",
        "polars-default": "polars",
        "psycopg2": "psycopg2-binary",
        "py-lightgbm": "lightgbm",
        "py-opencv": "opencv-python-headless",
        "py-xgboost": "xgboost",
        "py-xgboost-cpu": "xgboost",
        "pyarrow-core": "pyarrow",
        "pytables": "tables",
        "python-flatbuffers": "flatbuffers",
        "python-graphviz": "graphviz",
        "pytorch": "torch",
        "pytorch-cpu": "torch",
        "ray-core": "ray",
        "ray-default": "ray",
        "ray-serve": "ray",
        "redis-py": "redis",
        "seaborn-base": "seaborn",
        "tensorflow-base": "tensorflow",
    ]

    /// Packages whose names are the same in both.
    private static let same: Set<String> = [
        "absl-py", "accelerate", "adlfs", "aiohappyeyeballs", "aiohttp", "aiosignal",
        "albumentations", "alembic", "altair", "annotated-types", "anyio", "arviz", "asttokens",
        "astunparse", "attrs", "autograd", "azure-core", "azure-identity", "azure-storage-blob",
        "beautifulsoup4", "blinker", "bokeh", "boto3", "botocore", "bottleneck", "cachetools",
        "catboost", "category-encoders", "cattrs", "causalml", "certifi", "cffi",
        "charset-normalizer", "click", "cloudpickle", "colorama", "contourpy", "cryptography",
        "cvxpy", "cycler", "cython", "darts", "dask", "databricks-cli", "databricks-sdk",
        "datasets", "deap", "decorator", "diffusers", "dill", "distributed", "docker", "dowhy",
        "econml", "einops", "emcee", "entrypoints", "et-xmlfile", "evaluate", "execnet",
        "fairlearn", "faiss-cpu", "fastapi", "fastparquet", "fasttext", "feature-engine",
        "featuretools", "filelock", "flask", "flask-cors", "flatbuffers", "fonttools",
        "frozenlist", "fsspec", "ftfy", "gast", "gcsfs", "gensim", "geopandas", "gitpython",
        "google-api-core", "google-auth", "google-cloud-storage", "google-pasta", "graphene",
        "graphviz", "greenlet", "grpcio", "gunicorn", "h2o", "h5py", "hdbscan", "holidays",
        "httpx", "huggingface-hub", "hyperopt", "idna", "imageio", "imbalanced-learn", "implicit",
        "importlib-metadata", "importlib-resources", "interpret", "ipython", "itsdangerous", "jax",
        "jaxlib", "jinja2", "joblib", "joblibspark", "jsonschema", "keras", "kiwisolver",
        "langchain", "langchain-core", "langdetect", "lazy-loader", "lifelines", "lightgbm",
        "lightning", "lime", "llvmlite", "lxml", "mako", "markdown", "markupsafe", "matplotlib",
        "mistune", "ml-dtypes", "mlflow", "mlflow-skinny", "mlforecast", "mlxtend", "mpmath",
        "msgpack", "multidict", "multiprocess", "narwhals", "nbformat", "networkx",
        "neuralprophet", "nevergrad", "ngboost", "ninja", "nltk", "numba", "numexpr", "numpy",
        "numpy-financial", "numpyro", "oauthlib", "onnx", "onnxruntime", "opencv-python-headless",
        "openpyxl", "opentelemetry-api", "opentelemetry-sdk", "opt-einsum", "optbinning", "optuna",
        "orjson", "packaging", "pandas", "partd", "patsy", "peft", "pillow", "pingouin",
        "platformdirs", "plotly", "pmdarima", "polars", "prettytable", "prometheus-client",
        "prompt-toolkit", "propcache", "prophet", "protobuf", "psutil", "psycopg2-binary",
        "pyarrow", "pyasn1", "pycaret", "pycparser", "pydantic", "pydantic-core", "pygments",
        "pyjwt", "pymc", "pymongo", "pymysql", "pynndescent", "pyod", "pyparsing", "pyproj",
        "pyro-ppl", "pysocks", "pyspark", "pystan", "python-dateutil", "python-multipart",
        "python-slugify", "pytorch-lightning", "pytorch-tabnet", "pytz", "pywavelets", "pyyaml",
        "pyzmq", "querystring-parser", "rapidfuzz", "ray", "regex", "requests",
        "requests-oauthlib", "responses", "rich", "river", "rsa", "ruamel-yaml", "s3fs",
        "sacremoses", "safetensors", "scikit-image", "scikit-learn", "scikit-learn-intelex",
        "scikit-optimize", "scikit-posthocs", "scipy", "seaborn", "sentence-transformers",
        "sentencepiece", "shap", "shapely", "simplejson", "six", "skops", "sktime", "smart-open",
        "smmap", "snowflake-connector-python", "snowflake-snowpark-python", "spacy", "sqlalchemy",
        "sqlalchemy-utils", "sqlparse", "stanio", "starlette", "statsforecast", "statsmodels",
        "stumpy", "sympy", "tables", "tabulate", "tenacity", "tensorboard", "tensorflow",
        "tensorflow-cpu", "tensorflow-hub", "tensorflow-probability", "termcolor", "textblob",
        "thinc", "threadpoolctl", "thrift", "tifffile", "tiktoken", "timm", "tokenizers", "toml",
        "tomli", "toolz", "torchaudio", "torchmetrics", "torchvision", "tornado", "tqdm",
        "transformers", "treelite", "trl", "tsfresh", "typeguard", "typer", "typing-extensions",
        "tzdata", "tzlocal", "ujson", "umap-learn", "unidecode", "urllib3", "uvicorn", "waitress",
        "webcolors", "werkzeug", "woodwork", "wrapt", "xarray", "xgboost", "xgboost-cpu", "xlrd",
        "xlsxwriter", "xxhash", "yarl", "yellowbrick", "zipp", "zstandard",
    ]

    /// Libraries and tools that conda has and PyPI has not: its wheels carry what they need.
    private static let libraries: Set<String> = [
        "_libgcc_mutex", "_openmp_mutex", "blas", "bzip2", "c-ares", "ca-certificates", "cairo",
        "cpuonly", "cuda", "cuda-runtime", "cuda-toolkit", "cudatoolkit", "cudnn", "expat",
        "ffmpeg", "fontconfig", "freetype", "gcc", "gfortran", "git", "glib", "gmp", "graphite2",
        "hdf5", "icu", "intel-openmp", "jpeg", "krb5", "lame", "ld_impl_linux-64", "libarchive",
        "libblas", "libcblas", "libcurl", "libedit", "libev", "libffi", "libgcc", "libgcc-ng",
        "libgfortran", "libgfortran-ng", "libgomp", "liblapack", "libnsl", "libopenblas", "libpng",
        "libpq", "libprotobuf", "libsodium", "libsqlite", "libssh2", "libstdcxx", "libstdcxx-ng",
        "libtiff", "libuuid", "libuv", "libwebp", "libxcb", "libxgboost", "libxml2", "libzlib",
        "llvm-openmp", "lz4-c", "make", "maven", "mkl", "mkl-service", "mkl_fft", "mkl_random",
        "nccl", "ncurses", "ninja-base", "nodejs", "nomkl", "openblas", "openjdk", "openmpi",
        "openssl", "pcre", "perl", "pytorch-cuda", "pytorch-mutex", "readline", "rust", "snappy",
        "sqlite", "tbb", "tk", "xz", "yaml", "zeromq", "zlib", "zstd",
    ]

    /// Whether conda's package is a library or a tool, not a Python package.
    static func isLibrary(_ condaName: String) -> Bool {
        libraries.contains(condaName.lowercased())
    }

    /// PyPI's name for conda's package; nothing when there is no counterpart.
    static func packageIndexName(of condaName: String) -> String? {
        let name = condaName.lowercased()
        if let other = renamed[name] { return other }
        let normalised = RequirementParser.normalised(name)
        return same.contains(normalised) ? normalised : nil
    }
}
