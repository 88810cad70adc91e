// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// What a scorer expects of bodies, looked at before its own code sees them.
//
// The scanner is that of the Python runtime's decoder; it is compiled into this file, so that
// libscorer stays one piece that shows its own functions alone.
#ifndef SCOREKEEPER_SCORER_INPUT_H
#define SCOREKEEPER_SCORER_INPUT_H

#include "scorer_era.h"
#include "scorer_refuse.h"

#define SCAN_CALL static __attribute__((unused))
#include "../CPythonDecoder/number.c"
#include "scorer_number.h"
#define SCAN_NUMBER number_read_any
#include "../CPythonDecoder/scan.c"

_Static_assert((int)SCORER_FLOAT64 == PLAN_FLOAT64 && (int)SCORER_BOOL == PLAN_BOOL, "same order");
_Static_assert(SCORER_RANK_MAX == PLAN_RANK_MAX, "the same tensors");

// Memory for the elements of a tensor that came as JSON. Short ones are kept for the next request.
struct values {
    struct values *next;
    uint64_t bytes; // of all of it
    _Alignas(64) union scan_cell cells[];
};

#define VALUES_KEPT 65536u
#define VALUES_SPARE_MAX 16

static struct values *get_values(struct scorer_lane *lane, uint64_t cells) {
    uint64_t bytes = sizeof(struct values) + cells * sizeof(union scan_cell);
    struct values *values = NULL;
    if (bytes <= VALUES_KEPT) {
        bytes = VALUES_KEPT;
        lock_acquire(&lane->lock);
        values = lane->spare_values;
        if (values) {
            lane->spare_values = values->next;
            lane->spare_count--;
        }
        lock_release(&lane->lock);
    }
    if (!values) {
        long error = 0;
        values = system_map(-1, bytes, true, &error);
        if (values)
            values->bytes = bytes;
    }
    return values;
}

// Under the lock.
static void drop_values(struct scorer_lane *lane, struct values *values) {
    if (!values)
        return;
    if (values->bytes != VALUES_KEPT || lane->spare_count == VALUES_SPARE_MAX) {
        system_unmap(values, values->bytes);
        return;
    }
    values->next = lane->spare_values;
    lane->spare_values = values;
    lane->spare_count++;
}

static void drop_spare_values(struct scorer_lane *lane) {
    while (lane->spare_values) {
        struct values *values = lane->spare_values;
        lane->spare_values = values->next;
        system_unmap(values, values->bytes);
    }
}

static const struct {
    const char *name;
    uint8_t bytes;
} elements[] = {
    [SCORER_FLOAT64] = {"float64", 8}, [SCORER_FLOAT32] = {"float32", 4},
    [SCORER_INT64] = {"int64", 8},     [SCORER_INT32] = {"int32", 4},
    [SCORER_INT16] = {"int16", 2},     [SCORER_INT8] = {"int8", 1},
    [SCORER_UINT64] = {"uint64", 8},   [SCORER_UINT32] = {"uint32", 4},
    [SCORER_UINT16] = {"uint16", 2},   [SCORER_UINT8] = {"uint8", 1},
    [SCORER_BOOL] = {"bool", 1},
};

// Bytes of the elements that stand in one step of the free dimension, or of all where none is free;
// 0: no such tensor.
static uint64_t step_bytes(const struct scorer_tensor *tensor) {
    if (tensor->element < SCORER_FLOAT64 || tensor->element > SCORER_BOOL || tensor->rank < 1 ||
        tensor->rank > SCORER_RANK_MAX)
        return 0;
    uint64_t bytes = elements[tensor->element].bytes;
    uint32_t free_count = 0;
    for (uint32_t i = 0; i < tensor->rank; i++) {
        int64_t size = tensor->shape[i];
        free_count += size == -1;
        if (size == -1)
            continue;
        if (size < 1 || size > (int64_t)1 << 40 || bytes > ((uint64_t)1 << 40) / (uint64_t)size)
            return 0;
        bytes *= (uint64_t)size;
    }
    return free_count <= 1 ? bytes : 0;
}

// "float32 elements of shape [n, 4]"
static void add_form(struct words *words, const struct scorer_tensor *tensor) {
    add_words(words, elements[tensor->element].name);
    add_words(words, " elements of shape [");
    for (uint32_t i = 0; i < tensor->rank; i++) {
        if (i > 0)
            add_words(words, ", ");
        if (tensor->shape[i] == -1)
            add_byte(words, 'n');
        else
            add_number(words, (uint64_t)tensor->shape[i]);
    }
    add_byte(words, ']');
}

static uint16_t refuse_type(const struct scorer_lane *lane, const char *type, size_t length,
                            struct words *words) {
    if (type) {
        add_words(words, "the Content-Type is '");
        add_excerpt(words, type, length);
        add_byte(words, '\'');
    } else {
        add_words(words, "the request has no Content-Type");
    }
    add_words(words, "; send application/json in UTF-8");
    if (lane->expected == EXPECTED_TENSOR) {
        add_words(words, ", or application/octet-stream with ");
        add_form(words, &lane->tensor);
    }
    return 415;
}

static void add_place(struct words *words, const uint8_t *body, const uint8_t *at) {
    add_words(words, " at byte ");
    add_number(words, (uint64_t)(at - body));
}

// 0: the body is JSON.
static uint16_t check_json(const struct scorer_request *request, struct words *words) {
    const uint8_t *body = request->body;
    struct json_text text = {.at = body, .end = body + request->body_length};
    if (json_is_sound(&text))
        return 0;
    add_words(words, "the body is not JSON: ");
    add_words(words, text.fault);
    add_place(words, body, text.at);
    add_words(words, "; send JSON (RFC 8259) in UTF-8, nested at most 100 levels");
    return 400;
}

// Writes each cell over the cells before it, as an element: never further than the cell itself.
// Little-endian: the first bytes of an integer are the shorter integer.
static void pack(union scan_cell *cells, uint64_t count, uint32_t element) {
    typedef uint32_t __attribute__((may_alias)) four;
    typedef uint16_t __attribute__((may_alias)) two;
    typedef float __attribute__((may_alias)) real;
    for (uint64_t i = 0; i < count; i++) {
        union scan_cell cell = cells[i];
        if (element == SCORER_FLOAT32)
            ((real *)cells)[i] = (float)cell.real;
        else if (elements[element].bytes == 4)
            ((four *)cells)[i] = (uint32_t)cell.integer;
        else if (elements[element].bytes == 2)
            ((two *)cells)[i] = (uint16_t)cell.integer;
        else if (elements[element].bytes == 1)
            ((uint8_t *)cells)[i] = (uint8_t)cell.integer;
        __asm__ volatile("" : : : "memory"); // no loop that the compiler makes a call of
    }
}

// What stands where a tensor's text goes wrong.
static const char *what_stands(const uint8_t *at, const uint8_t *end) {
    if (at >= end)
        return ", where it ends";
    switch (*at) {
    case '"':
        return ", where a text stands";
    case '[':
        return ", where a list begins";
    case ']':
        return ", where a list ends";
    case '{':
        return ", where an object begins";
    case '}':
        return ", where an object ends";
    case 't':
    case 'f':
        return ", where a Boolean stands";
    case 'n':
        return ", where null stands";
    }
    return *at == '-' || (*at >= '0' && *at <= '9') ? ", where a number stands" : "";
}

static uint16_t unfit(const struct scorer_request *request, const struct scorer_tensor *tensor,
                      const uint8_t *at, struct words *words) {
    uint16_t status = check_json(request, words);
    if (status != 0)
        return status;
    add_words(words, "the body does not fit");
    add_place(words, request->body, at);
    add_words(words, what_stands(at, (const uint8_t *)request->body + request->body_length));
    add_words(words, "; send {\"input_data\": [...]} or the list alone, with ");
    add_form(words, tensor);
    return 400;
}

static uint16_t read_json_tensor(struct scorer_lane *lane, struct scorer_request *request,
                                 struct words *words) {
    union {
        struct plan plan;
        char bytes[sizeof(struct plan) + sizeof(struct plan_part)];
    } form = {.plan = {.kind = PLAN_TENSORS, .count = 1}};
    const struct scorer_tensor *tensor = &lane->tensor;
    struct plan_part *part = form.plan.parts;
    *part = (struct plan_part){.type = tensor->element, .rank = tensor->rank};
    copy_bytes(part->shape, tensor->shape, sizeof part->shape);
    struct values *values = get_values(lane, SCAN_CELLS(request->body_length));
    if (!values) {
        add_words(words, "there is no memory to read the body; send fewer rows");
        return 413;
    }
    request->values = values;
    struct scan scan;
    if (!scan_tensor(request->body, request->body_length, &form.plan, values->cells, &scan))
        return unfit(request, tensor, (const uint8_t *)request->body + scan.stopped, words);
    request->rows = 1;
    for (uint32_t i = 0; i < tensor->rank; i++)
        if (tensor->shape[i] == -1)
            request->rows = (uint64_t)scan.parts[0].dimensions[i];
    pack(values->cells, scan.parts[0].count, tensor->element);
    request->tensor = values->cells;
    return 0;
}

static uint16_t read_raw_tensor(struct scorer_lane *lane, struct scorer_request *request,
                                struct words *words) {
    uint64_t step = step_bytes(&lane->tensor), length = request->body_length;
    bool is_free = false;
    for (uint32_t i = 0; i < lane->tensor.rank; i++)
        is_free |= lane->tensor.shape[i] == -1;
    const uint8_t *bytes = request->body;
    uint64_t odd = 0;
    while (lane->tensor.element == SCORER_BOOL && odd < length && bytes[odd] <= 1)
        odd++;
    if (length == 0 || length % step != 0 || (!is_free && length != step)) {
        add_words(words, "the body has ");
        add_number(words, length);
        add_words(words, is_free ? " bytes, which is no multiple of " : " bytes instead of ");
        add_number(words, step);
    } else if (lane->tensor.element == SCORER_BOOL && odd < length) {
        add_words(words, "the body has another byte than 0 and 1");
        add_place(words, bytes, bytes + odd);
    } else {
        request->rows = is_free ? length / step : 1;
        request->tensor = bytes;
        return 0;
    }
    add_words(words, "; send, in little-endian order, ");
    add_form(words, &lane->tensor);
    return 400;
}

// 0: the request is what the scorer expects; else the status to refuse it with.
static uint16_t look_at(struct scorer_lane *lane, struct scorer_request *request,
                        struct words *words) {
    size_t length;
    const char *type = scorer_header(request, "content-type", &length);
    bool is_tensor = lane->expected == EXPECTED_TENSOR;
    if (is_tensor && is_media_type(type, length, "application/octet-stream"))
        return read_raw_tensor(lane, request, words);
    if (!is_media_type(type, length, "application/json"))
        return refuse_type(lane, type, length, words);
    return is_tensor ? read_json_tensor(lane, request, words) : check_json(request, words);
}

#endif
