// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Any body and a few plans, against the decoder's scanner.
//
// Broken: a byte read outside the body, a cell outside its memory, a text that lies outside the
// body, columns of unequal length, a number that is not the one nearest to what is written.
#include "fuzz_scan_check.h"

#include "number.h"

#define BODY_MAX 2048

#define NAMES "abs\\u00e9"

#define NAME(offset, size)                                                                         \
    { sizeof(struct plan) + 2 * sizeof(struct plan_part) + (offset), size }
#define NO_NAME                                                                                    \
    { 0, 0 }

struct two_parts {
    uint32_t kind; // as in `struct plan`
    uint32_t count;
    struct plan_part parts[2];
    char names[sizeof NAMES];
};

#define PLAN(KIND, COUNT, ...)                                                                     \
    { .kind = KIND, .count = COUNT, .parts = {__VA_ARGS__}, .names = NAMES }

static const struct two_parts plans[] = {
    PLAN(PLAN_TABLE, 2, {{NAME(0, 1), NO_NAME}, PLAN_FLOAT64, 0, {0}},
         {{NAME(2, 1), NAME(3, 6)}, PLAN_STRING, 0, {0}}),
    PLAN(PLAN_TABLE, 2, {{NAME(0, 1), NO_NAME}, PLAN_BOOL, 0, {0}},
         {{NAME(1, 1), NO_NAME}, PLAN_INT32, 0, {0}}),
    PLAN(PLAN_TABLE, 1, {{NAME(0, 1), NO_NAME}, PLAN_FLOAT32, 0, {0}}),
    PLAN(PLAN_TENSORS, 1, {{NO_NAME, NO_NAME}, PLAN_FLOAT32, 3, {-1, 2, -1}}),
    PLAN(PLAN_TENSORS, 2, {{NAME(0, 1), NO_NAME}, PLAN_UINT8, 1, {-1}},
         {{NAME(1, 1), NO_NAME}, PLAN_INT64, 2, {-1, 2}}),
};

// Bodies that some plan covers, to be spoiled.
static const char *const bodies[] = {
    "{\"dataframe_split\":{\"index\":[3],\"columns\":[\"s\",\"a\"],\"data\":[[\"\\n\",1]]}}",
    "{\"input_data\": [[-2e-7, \"\\ud83d\\ude00\"]], \"params\": {\"k\": [1, {}]}}",
    "{\"dataframe_records\": [{\"a\": 1, \"\\u00e9\": \"\"}, {\"a\": 0.1, \"s\": \"y\"}]}",
    "{\"inputs\": {\"b\": [1, 2147483647], \"a\": [true, false]}}",
    "{\"input_data\": [[true, -1], [false, 0]]}",
    "{\"instances\": [0.25, 3.4028234e38, -0]}",
    "{\"inputs\": [[[1, 2, 3], [4, 5, 6]], [[7, 8, 9], [0.5, 1e-3, 1]]]}",
    "{\"inputs\": {\"a\": [0, 255], \"b\": [[1, 2], [-9, 999999999999999999]]}, \"params\": \"}\"}",
};

static const char *const tokens[] = {
    "{",           "}",          "[",
    "]",           ",",          ":",
    "\"",          "\\",         "\"a\"",
    "\"b\"",       "\"s\"",      "[[",
    "]]",          "{}",         "[]",
    " ",           "null",       "true",
    "false",       "0",          "-1",
    "1.5",         "1e9",        "1e400",
    "\"x\":",      "\\u0000",    "\\ud800",
    "\xff",        "\"index\":", "\"data\":",
    "\"params\":", "\n",         "0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,",
};

static size_t count_of(const void *end, const void *start, size_t size) {
    return (size_t)((const char *)end - (const char *)start) / size;
}

// A body with a few places of it replaced, or the fuzzer's bytes as they are.
static size_t write_body(struct input *input, uint8_t *body) {
    size_t kinds = count_of(&bodies + 1, &bodies, sizeof bodies[0]);
    size_t kind = input_number(input, 1) % (kinds + 1), length = 0;
    if (kind == kinds) {
        length = input->left < BODY_MAX ? input->left : BODY_MAX;
        memcpy(body, input->bytes, length);
        return length;
    }
    length = strlen(bodies[kind]);
    memcpy(body, bodies[kind], length);
    for (uint64_t edits = input_number(input, 1) % 8; edits > 0 && input->left > 0; edits--) {
        const char *token =
            tokens[input_number(input, 1) % count_of(&tokens + 1, &tokens, sizeof tokens[0])];
        size_t at = input_number(input, 2) % (length + 1), size = strlen(token);
        size_t gone = input_number(input, 1) % 4;
        if (gone > length - at)
            gone = length - at;
        if (length + size > BODY_MAX)
            break;
        memmove(body + at + size, body + at + gone, length - at - gone);
        memcpy(body + at, token, size);
        length = length - gone + size;
    }
    return length;
}

static void check_number(const uint8_t *bytes, size_t length) {
    char text[64] = {0};
    struct number number;
    memcpy(text, bytes, length < sizeof text - 1 ? length : sizeof text - 1);
    const uint8_t *start = (const uint8_t *)text, *end = start + strlen(text);
    const uint8_t *after = number_read(start, end, &number);
    if (!after)
        return;
    REQUIRE(after > start && after <= end);
    text[after - start] = 0;
    double nearest = number.is_integer ? (double)strtoll(text, NULL, 10) : strtod(text, NULL);
    REQUIRE(memcmp(&nearest, &number.real, sizeof nearest) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    struct input input = {bytes, size};
    uint8_t buffer[BODY_MAX];
    check_number(bytes, size);
    const struct two_parts *chosen =
        &plans[input_number(&input, 1) % count_of(&plans + 1, &plans, sizeof plans[0])];
    const struct plan *plan = (const void *)chosen;
    REQUIRE(plan_is_sound(plan, sizeof *chosen));
    size_t length = write_body(&input, buffer);
    scan_and_check(buffer, length, plan);
    return 0;
}
