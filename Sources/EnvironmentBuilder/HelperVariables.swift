// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// The environment variables that `uv` and an interpreter get: a short list, never ours whole.
///
/// What Python or a virtual environment of the person who started the server left there would
/// change what is built (`PYTHONPATH`, `PYTHONDONTWRITEBYTECODE`, `VIRTUAL_ENV`); secrets of the
/// server have no business in a resolver.
enum HelperVariables {
    // How to reach a registry is the operator's to say, in uv's own words.
    private static let passed = [
        "ALL_PROXY", "HOME", "HTTPS_PROXY", "HTTP_PROXY", "NETRC", "NO_PROXY", "SSL_CERT_DIR",
        "SSL_CERT_FILE", "UV_CACHE_DIR", "UV_DEFAULT_INDEX", "UV_EXTRA_INDEX_URL",
        "UV_FIND_LINKS", "UV_HTTP_TIMEOUT", "UV_INDEX", "UV_INDEX_STRATEGY", "UV_INDEX_URL",
        "UV_INSECURE_HOST", "UV_KEYRING_PROVIDER", "UV_NATIVE_TLS", "UV_OFFLINE",
        "UV_PYTHON_INSTALL_MIRROR", "UV_SYSTEM_CERTS", "XDG_CACHE_HOME", "XDG_CONFIG_HOME",
        "all_proxy", "http_proxy", "https_proxy", "no_proxy",
    ]

    /// The variables as `NAME=value`, from `ours` and with `extra`.
    static func list(from ours: [String: String], extra: [String] = []) -> [String] {
        let kept = passed.compactMap { name in ours[name].map { "\(name)=\($0)" } }
        return kept + ["PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "NO_COLOR=1"] + extra
    }
}
