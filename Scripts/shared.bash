#!/usr/bin/env bash
# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

# What every script here needs: the root, words for people, and where our own tools are.
# Sourced, never run.

# shellcheck disable=SC2034  # Used by those who source this.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
tools="$root/.build/tools"
PATH="$PATH:$tools/python/bin"
export PATH

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "${0##*/}: $*"
    exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# Runs a command as root: directly where we are root, through sudo elsewhere.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif has sudo; then
        sudo "$@"
    else
        fail "this needs root, and there is no sudo: $*"
    fi
}

# Installs the Debian packages of these names that are missing; says which.
install_packages() {
    local missing=() name
    for name in "$@"; do
        if ! dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null | grep -qx installed; then
            missing+=("$name")
        fi
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    has apt-get || fail "install these first: ${missing[*]}"
    say "Installing Debian packages: ${missing[*]}"
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
}

# Whether a built file is missing or older than any of the files and folders after it.
is_stale() {
    local built=$1
    shift
    [ -e "$built" ] || return 0
    [ -n "$(find "$@" -newer "$built" -print -quit)" ]
}

# The Python that fits the samples: their pinned packages are for 3.11 and later.
sample_python() {
    local candidate
    for candidate in /usr/bin/python3.11 python3.11 python3.12 python3.13 python3; do
        if has "$candidate" &&
            "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

# Prints the interpreter of an environment with the packages of all MLflow samples, built when it is
# needed. The Python runtime is tested and the samples are made in one; the peer that we are compared
# with has one of its own.
sample_environment() {
    local prefix="$tools/${1:-sample}" requirements=("$root"/Samples/mlflow-*/requirements.txt)
    requirements+=("$root/Tests/ScorerRuntimeTests/script_dialect/requirements.txt")
    if is_stale "$prefix/built" "${requirements[@]}"; then
        say "Building an environment with the samples' packages into ${prefix#"$root/"}"
        local python
        python=$(sample_python) || fail "the samples' packages need Python 3.11 or later"
        uv venv --quiet --clear --python "$python" "$prefix"
        uv pip install --quiet --compile-bytecode \
            --python "$prefix/bin/python" "${requirements[@]/#/--requirement=}"
        touch "$prefix/built"
    fi
    printf '%s\n' "$prefix/bin/python"
}

# Prints the interpreter of an environment with Azure's scoring server, which scripts are compared
# with; built when it is needed.
scoring_environment() {
    local prefix="$tools/scoring" python
    local requirements="$root/Tests/ScorerRuntimeTests/script_dialect/requirements.txt"
    if is_stale "$prefix/built" "$requirements"; then
        say "Building an environment with Azure's scoring server into ${prefix#"$root/"}"
        python=$(sample_python) || fail "the packages need Python 3.11 or later"
        uv venv --quiet --clear --python "$python" "$prefix"
        uv pip install --quiet --compile-bytecode --python "$prefix/bin/python" \
            --requirement "$requirements" azureml-inference-server-http==1.5.1
        touch "$prefix/built"
    fi
    printf '%s\n' "$prefix/bin/python"
}
