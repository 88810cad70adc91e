// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Any head and body, against what a scorer expects.
//
// libscorer.c is part of this file: what is tested is private to it. Broken: a byte read outside
// head or body, an element outside its memory, a tensor out of what is no JSON, a refusal that is
// no JSON, a number that is not the one nearest to what is written.
#include "libscorer.c"

#include "fuzz_input.h"

static const struct scorer_tensor tensors[] = {
    {SCORER_FLOAT32, 2, {-1, 2}}, {SCORER_FLOAT64, 1, {3}}, {SCORER_INT8, 3, {1, -1, 2}},
    {SCORER_UINT16, 2, {2, -1}},  {SCORER_BOOL, 1, {-1}},   {SCORER_INT64, 2, {-1, 1}},
    {SCORER_UINT32, 1, {-1}},
};

static const char *const types[] = {
    "application/json",
    "application/octet-stream",
    "Application/JSON; charset=UTF-8",
    "application/json;charset=\"latin-1\"",
    "text/csv",
};

// Bodies that are right for some of them, to be spoiled.
static const char *const bodies[] = {
    "{\"input_data\": [[1, -2.5], [3e2, 0]]}",
    "[1, 2, 3]",
    "{\"inputs\":[[[1,2],[-3,4]]]}",
    "[true, false]",
    "{\"a\": [\"\\ud83d\\ude00\", null, {\"\\u00e9\": -0.5E-7}], \"b\": \"\xc3\xa9\"}",
};

static const char *const tokens[] = {
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "[[",
    "]]",
    "null",
    "true",
    "0",
    "-1",
    "1.5",
    "1e9",
    "1e400",
    "\\u0000",
    "\\ud800",
    "\xff",
    "\"params\":",
    "\n",
    "99999999999999999999",
    "-",
    "00",
    "\xed\xa0\x80",
    "\xf0\x9f\x98\x80",
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static size_t write_body(struct input *input, char *body, size_t room) {
    size_t kind = input_number(input, 1) % (COUNT(bodies) + 1);
    if (kind == COUNT(bodies)) {
        size_t length = input->left < room ? input->left : room;
        memcpy(body, input->bytes, length);
        return length;
    }
    size_t length = strlen(bodies[kind]);
    memcpy(body, bodies[kind], length);
    for (uint64_t edits = input_number(input, 1) % 8; edits > 0 && input->left > 0; edits--) {
        const char *token = tokens[input_number(input, 1) % COUNT(tokens)];
        size_t at = input_number(input, 2) % (length + 1), size = strlen(token);
        size_t gone = input_number(input, 1) % 4;
        gone = gone > length - at ? length - at : gone;
        if (length + size > room)
            break;
        memmove(body + at + size, body + at + gone, length - at - gone);
        memcpy(body + at, token, size);
        length = length - gone + size;
    }
    return length;
}

// Each element can be read, and a refusal is JSON.
static void judge(const struct scorer_lane *lane, const struct scorer_request *request,
                  uint16_t status, const struct words *words) {
    if (status != 0) {
        struct words answer;
        answer.length = 0;
        add_words(&answer, "\"");
        add_escaped(&answer, words->text, words->length);
        add_words(&answer, "\"");
        struct json_text text = {.at = (const uint8_t *)answer.text,
                                 .end = (const uint8_t *)answer.text + answer.length};
        REQUIRE(words->length > 0 && (status == 400 || status == 415));
        REQUIRE(json_is_sound(&text));
        return;
    }
    struct json_text text = {.at = request->body,
                             .end = (const uint8_t *)request->body + request->body_length};
    bool is_raw = request->tensor && request->tensor == request->body;
    REQUIRE(is_raw || json_is_sound(&text));
    if (lane->expected != EXPECTED_TENSOR)
        return;
    uint64_t bytes = step_bytes(&lane->tensor) * request->rows;
    REQUIRE(request->rows > 0 && bytes > 0);
    volatile unsigned char sum = 0;
    for (uint64_t i = 0; i < bytes; i++)
        sum ^= ((const unsigned char *)request->tensor)[i];
}

// Every number of JSON is read to the nearest double, and to its integer where it is one.
static void check_number(const uint8_t *bytes, size_t length) {
    char *text = malloc(length + 1);
    struct number number;
    memcpy(text, bytes, length);
    text[length] = 0;
    const uint8_t *start = (const uint8_t *)text;
    const uint8_t *after = number_read_any(start, start + length, &number);
    if (after) {
        text[after - start] = 0;
        double nearest = strtod(text, NULL);
        REQUIRE(nearest == number.real);
        REQUIRE(!number.is_integer || number.integer == strtoll(text, NULL, 10));
    }
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    struct input input = {bytes, size};
    check_number(bytes, size);
    struct scorer_lane lane = {.expected = EXPECTED_JSON};
    char head[256], room[2048];
    size_t choice = input_number(&input, 1) % (COUNT(tensors) + 1);
    if (choice < COUNT(tensors))
        REQUIRE(scorer_expect_tensor(&lane, &tensors[choice]) == SCORER_OK);
    snprintf(head, sizeof head, "POST /score\nx: y\ncontent-type: %s\n",
             types[input_number(&input, 1) % COUNT(types)]);
    size_t head_length = strlen(head), cut = input_number(&input, 1);
    head_length -= cut < head_length && cut % 4 == 0 ? cut : 0;
    size_t length = write_body(&input, room, sizeof room);
    // Of exactly their sizes, so that a byte too far is seen.
    char *body = malloc(length), *lines = malloc(head_length);
    memcpy(body, room, length);
    memcpy(lines, head, head_length);
    struct scorer_request request = {
        .body = body, .body_length = length, .head = lines, .head_length = (uint32_t)head_length};
    struct words words;
    words.length = 0;
    uint16_t status = look_at(&lane, &request, &words);
    judge(&lane, &request, status, &words);
    drop_values(&lane, request.values);
    drop_spare_values(&lane);
    free(lines);
    free(body);
    return 0;
}
