#!/usr/bin/env bash
# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

# Blue is served, green is tried beside it, takes over, and is taken back: on a server that runs.
# Usage: [SCOREKEEPER_STATE=FOLDER] [SCOREKEEPER=PROGRAM] [REQUESTS=20] Samples/blue-green/story.sh
# It needs python3 to read JSON, and stops at the first thing that is not as it should be.

set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
scorekeeper=${SCOREKEEPER:-scorekeeper}
requests=${REQUESTS:-20}
request="$here/../mlflow-iris/request.json"

chapter() { printf '\n== %s\n' "$*"; }

fail() {
    printf 'story: %s\n' "$*" >&2
    exit 1
}

# Shows a command and runs it.
run() {
    printf '$ scorekeeper'
    printf ' %q' "$@"
    printf '\n'
    "$scorekeeper" "$@"
}

# look KEYS... -- COMMAND...: one value of what a command tells programs.
look() {
    local keys=()
    while [ "$1" != -- ]; do
        keys+=("$1")
        shift
    done
    shift
    "$scorekeeper" "$@" --output json | python3 -c '
import json, sys
value = json.load(sys.stdin)
for key in sys.argv[1:]:
    value = value[int(key)] if isinstance(value, list) else (value or {}).get(key)
print(json.dumps(value, sort_keys=True))' "${keys[@]}"
}

# expect WHAT WANTED SEEN
expect() {
    [ "$3" = "$2" ] || fail "$1: $3, and not $2"
    printf 'as it should be: %s is %s\n' "$1" "$2"
}

traffic() { look traffic -- online-endpoint show -n flowers; }

# One request after another; whatever is answered other than 200 ends the story.
load() {
    local sent
    for ((sent = 0; sent < requests; sent++)); do
        "$scorekeeper" invoke flowers --request-file "$request" >/dev/null ||
            fail "request $((sent + 1)) of $requests was not answered"
    done
    printf '%d requests were answered\n' "$requests"
}

# How many requests a deployment answered with 200 so far: 0 is blue, 1 is green.
answered() {
    local count
    count=$(look deployments "$1" requests answers 200 -- status flowers)
    [ "$count" = null ] && count=0
    printf '%s' "$count"
}

# copies WORD: how many copies were made, or unanswered, since the gateway started.
copies() {
    local count
    count=$(look copies "$1" -- compare flowers blue green)
    [ "$count" = null ] && count=0
    printf '%s' "$count"
}

# shift_to GREEN: so many percent of the requests go to green, and it answers as many.
shift_to() {
    local before after wanted=$((requests * $1 / 100))
    run online-endpoint update -n flowers --traffic "blue=$((100 - $1)) green=$1" \
        --mirror-traffic "green=0"
    before=$(answered 1)
    load
    after=$(($(answered 1) - before))
    # A split is exact over a hundred requests; of fewer there may be one more or less.
    [ $((after - wanted)) -ge -1 ] && [ $((after - wanted)) -le 1 ] ||
        fail "green answered $after of $requests requests, and should have answered $wanted"
    printf 'green answered %d of %d\n' "$after" "$requests"
}

endpoints=$("$scorekeeper" online-endpoint list --output json) ||
    fail "no server answers: start 'scorekeeper serve', or say where it is with SCOREKEEPER_STATE"
if grep -q '"flowers"' <<<"$endpoints"; then
    fail "there is an endpoint 'flowers': 'scorekeeper online-endpoint delete -n flowers --yes' first"
fi

chapter "What the documents would make of this server"
run plan -f "$here"

chapter "A model is registered, an endpoint made, and blue serves it"
run model create -f "$here/model.yml"
run online-endpoint create -f "$here/endpoint.yml" --set traffic.blue=0
run online-deployment create -f "$here/blue-deployment.yml"
run online-endpoint update -n flowers --traffic blue=100
expect "the traffic" '{"blue": 100}' "$(traffic)"

chapter "It answers"
run invoke flowers --request-file "$request"
printf '\n'

chapter "The folder has a green deployment too: applying it adds what is not there"
run apply -f "$here"
expect "the traffic" '{"blue": 100}' "$(traffic)"
run invoke flowers --deployment green --request-file "$request"
printf '\n'

chapter "Green gets copies of half the requests; blue answers all of them"
run online-endpoint update -n flowers --mirror-traffic green=50
live=$(answered 0)
made=$(copies made)
unanswered=$(copies unanswered)
load
expect "what blue answered" "$requests" "$(($(answered 0) - live))"

chapter "Do they answer the same?"
made=$(($(copies made) - made))
for ((waited = 0; waited < 300; waited++)); do
    compared=$(look compared -- compare flowers blue green)
    [ "$compared" -ge "$made" ] && break
    sleep 0.1
done
run compare flowers blue green
[ "$compared" -gt 0 ] || fail "no answers were compared"
expect "how many answers differ" 0 "$(look different -- compare flowers blue green)"
expect "how many copies were lost" 0 "$(($(copies unanswered) - unanswered))"

for percent in 10 50 100; do
    chapter "$percent% of the requests go to green"
    shift_to "$percent"
done

chapter "Blue answers nobody any more, and is retired"
run online-deployment delete -e flowers -n blue --yes
load
expect "the traffic" '{"green": 100}' "$(traffic)"

chapter "Undone: the documents still say that blue answers everything"
run apply -f "$here"
expect "the traffic" '{"blue": 100}' "$(traffic)"
load

chapter "The end"
printf '%s\n' "Blue answers, and green waits behind it. To have nothing left of it:" \
    "    scorekeeper online-endpoint delete -n flowers --yes" \
    "    scorekeeper model delete -n iris -v 1"
