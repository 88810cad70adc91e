// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Answers a request though its deadline is over.
#include "raw.h"

static bool begin(struct raw *lane, const struct raw_request *request) {
    struct raw_request patient = *request;
    patient.what.deadline = UINT64_MAX;
    return raw_begin(lane, &patient);
}

int main(void) { return raw_live(&(struct habits){.begin = begin}); }
