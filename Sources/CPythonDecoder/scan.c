// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

#include "scan.h"

#include "number.h"

// Levels of a value that is only skipped; Python's reader looks at it afterwards.
#define SKIPPED_LEVELS_MAX 60

// Integers beyond this are rounded twice on their way to a float.
#define EXACT_IN_DOUBLE ((int64_t)1 << 53)

// What reads a number; a library that must read them all has another.
#ifndef SCAN_NUMBER
#define SCAN_NUMBER number_read
#endif

struct reader {
    const uint8_t *body;
    const uint8_t *at;
    const uint8_t *end;
    const struct plan *plan;
    union scan_cell *cells;
    size_t used;
};

static const struct {
    int64_t least, most;
} ranges[PLAN_TYPES] = {
    [PLAN_INT64] = {INT64_MIN, INT64_MAX},   [PLAN_INT32] = {INT32_MIN, INT32_MAX},
    [PLAN_INT16] = {INT16_MIN, INT16_MAX},   [PLAN_INT8] = {INT8_MIN, INT8_MAX},
    [PLAN_UINT64] = {0, INT64_MAX},          [PLAN_UINT32] = {0, UINT32_MAX},
    [PLAN_UINT16] = {0, UINT16_MAX},         [PLAN_UINT8] = {0, UINT8_MAX},
    [PLAN_FLOAT64] = {INT64_MIN, INT64_MAX}, [PLAN_FLOAT32] = {-EXACT_IN_DOUBLE, EXACT_IN_DOUBLE},
};

// No part was seen yet. Not a loop that the compiler makes a call of memset, which may not be
// there.
static void clear(uint8_t *seen, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        seen[i] = 0;
        __asm__ volatile("" : : : "memory");
    }
}

static void skip_space(struct reader *reader) {
    while (reader->at < reader->end && (*reader->at == ' ' || *reader->at == '\n' ||
                                        *reader->at == '\r' || *reader->at == '\t'))
        reader->at++;
}

// The next byte that is no space, 0 at the end.
static uint8_t peek(struct reader *reader) {
    skip_space(reader);
    return reader->at < reader->end ? *reader->at : 0;
}

static bool take(struct reader *reader, uint8_t byte) {
    if (peek(reader) != byte)
        return false;
    reader->at++;
    return true;
}

// After an element: true where another follows. `*ok` is false where neither comma nor end is.
static bool another(struct reader *reader, uint8_t closing, bool *ok) {
    uint8_t byte = peek(reader);
    *ok = byte == ',' || byte == closing;
    reader->at += *ok;
    return byte == ',';
}

static bool take_word(struct reader *reader, const char *word, size_t length) {
    if ((size_t)(reader->end - reader->at) < length)
        return false;
    for (size_t i = 0; i < length; i++)
        if (reader->at[i] != (uint8_t)word[i])
            return false;
    reader->at += length;
    return true;
}

// The bytes between the quotes. Their UTF-8 and their escapes are looked at when they are used.
static bool take_string(struct reader *reader, union scan_cell *cell) {
    if (!take(reader, '"'))
        return false;
    const uint8_t *start = reader->at;
    uint32_t escaped = 0;
    for (; reader->at < reader->end && *reader->at != '"'; reader->at++) {
        if (*reader->at < 0x20)
            return false;
        if (*reader->at == '\\') {
            escaped = SCAN_ESCAPED;
            if (++reader->at == reader->end)
                return false;
        }
    }
    if (reader->at == reader->end)
        return false;
    cell->text.offset = (uint32_t)(start - reader->body);
    cell->text.length = (uint32_t)(reader->at - start) | escaped;
    reader->at++;
    return true;
}

static bool is_text(const struct reader *reader, union scan_cell text, const char *word,
                    size_t length) {
    if (text.text.length != length)
        return false;
    const uint8_t *bytes = reader->body + text.text.offset;
    for (size_t i = 0; i < length; i++)
        if (bytes[i] != (uint8_t)word[i])
            return false;
    return true;
}

#define IS(reader, text, word) is_text(reader, text, word, sizeof(word) - 1)

static bool is_named(const struct reader *reader, union scan_cell key,
                     const struct plan_part *part) {
    const char *plan = (const char *)reader->plan;
    key.text.length &= ~SCAN_ESCAPED;
    for (int i = 0; i < 2; i++) {
        const struct plan_name *name = &part->spellings[i];
        if (name->length > 0 && is_text(reader, key, plan + name->offset, name->length))
            return true;
    }
    return false;
}

static bool take_key(struct reader *reader, union scan_cell *key) {
    return take_string(reader, key) && take(reader, ':');
}

// The part of this name, looked for from `guess` on; the plan's count where there is none.
static uint32_t find_part(const struct reader *reader, union scan_cell key, uint32_t guess) {
    uint32_t count = reader->plan->count;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t index = guess + i < count ? guess + i : guess + i - count;
        if (is_named(reader, key, &reader->plan->parts[index]))
            return index;
    }
    return count;
}

static bool take_number(struct reader *reader, uint32_t type, union scan_cell *cell) {
    struct number number;
    skip_space(reader);
    const uint8_t *after = SCAN_NUMBER(reader->at, reader->end, &number);
    if (!after)
        return false;
    reader->at = after;
    if (number.is_integer &&
        (number.integer < ranges[type].least || number.integer > ranges[type].most))
        return false;
    if (type == PLAN_FLOAT64 || type == PLAN_FLOAT32) {
        cell->real = number.real;
        return type == PLAN_FLOAT64 || !__builtin_isinf((float)number.real);
    }
    if (!number.is_integer)
        return false;
    cell->integer = number.integer;
    return true;
}

static bool take_value(struct reader *reader, uint32_t type, union scan_cell *cell) {
    if (type == PLAN_STRING)
        return take_string(reader, cell);
    if (type != PLAN_BOOL)
        return take_number(reader, type, cell);
    cell->integer = peek(reader) == 't';
    return cell->integer ? take_word(reader, "true", 4) : take_word(reader, "false", 5);
}

// Ends on the first byte after the value, or says no. Brackets match afterwards, nothing more.
static bool skip_value(struct reader *reader) {
    uint64_t is_object = 0;
    int depth = 0;
    union scan_cell ignored;
    do {
        uint8_t byte = peek(reader);
        if (byte == '"') {
            if (!take_string(reader, &ignored))
                return false;
        } else if (byte == '{' || byte == '[') {
            if (++depth > SKIPPED_LEVELS_MAX)
                return false;
            is_object = is_object << 1 | (byte == '{');
            reader->at++;
        } else if (byte == '}' || byte == ']') {
            if (depth == 0 || (is_object & 1) != (byte == '}'))
                return false;
            depth--;
            is_object >>= 1;
            reader->at++;
        } else if (byte == ',' || byte == ':') {
            if (depth == 0)
                return false;
            reader->at++;
        } else {
            const uint8_t *start = reader->at;
            while (reader->at < reader->end &&
                   ((*reader->at >= '0' && *reader->at <= '9') ||
                    (*reader->at >= 'A' && *reader->at <= 'Z') ||
                    (*reader->at >= 'a' && *reader->at <= 'z') || *reader->at == '+' ||
                    *reader->at == '-' || *reader->at == '.'))
                reader->at++;
            if (reader->at == start)
                return false;
        }
    } while (depth > 0);
    return true;
}

// Each part's cells: its column in rows that lie one after another.
static void lay_in_rows(struct reader *reader, struct scan *scan, size_t start) {
    for (uint32_t i = 0; i < reader->plan->count; i++)
        scan->parts[i] = (struct scan_part){
            .start = start + i, .stride = reader->plan->count, .count = scan->rows};
}

// A row as a list, whose elements stand for the parts in `order`.
static bool take_row(struct reader *reader, const uint16_t *order) {
    const struct plan *plan = reader->plan;
    union scan_cell *row = reader->cells + reader->used;
    bool ok = take(reader, '[');
    for (uint32_t i = 0; ok && i < plan->count; i++) {
        uint32_t part = order ? order[i] : i;
        if (!take_value(reader, plan->parts[part].type, &row[part]))
            return false;
        if (another(reader, ']', &ok) != (i + 1 < plan->count))
            return false;
    }
    reader->used += plan->count;
    return ok;
}

static bool take_rows(struct reader *reader, struct scan *scan, const uint16_t *order) {
    size_t start = reader->used;
    bool ok = take(reader, '['), more = true;
    for (; ok && more; more = another(reader, ']', &ok), scan->rows++)
        if (!take_row(reader, order))
            return false;
    lay_in_rows(reader, scan, start);
    return ok;
}

static bool take_columns_of_split(struct reader *reader, uint16_t *order) {
    uint8_t seen[PLAN_PARTS_MAX];
    uint32_t count = reader->plan->count;
    clear(seen, count);
    bool ok = take(reader, '[');
    for (uint32_t i = 0; ok && i < count; i++) {
        union scan_cell name;
        if (!take_string(reader, &name))
            return false;
        uint32_t part = find_part(reader, name, i);
        if (part == count || seen[part]++)
            return false;
        order[i] = (uint16_t)part;
        if (another(reader, ']', &ok) != (i + 1 < count))
            return false;
    }
    return ok;
}

static bool take_index(struct reader *reader, size_t *start, size_t *count) {
    *start = reader->used;
    bool ok = take(reader, '['), more = true;
    for (; ok && more; more = another(reader, ']', &ok))
        if (!take_number(reader, PLAN_INT64, &reader->cells[reader->used++]))
            return false;
    *count = reader->used - *start;
    return ok;
}

static bool take_split(struct reader *reader, struct scan *scan) {
    uint16_t order[PLAN_PARTS_MAX];
    bool has_columns = false, has_data = false, ok = take(reader, '{'), more = true;
    size_t indexed = 0;
    scan->layout = SCAN_SPLIT;
    for (; ok && more; more = another(reader, '}', &ok)) {
        union scan_cell key;
        if (!take_key(reader, &key))
            return false;
        if (IS(reader, key, "columns") && !has_columns) {
            has_columns = true;
            ok = take_columns_of_split(reader, order);
        } else if (IS(reader, key, "index") && !scan->has_index) {
            scan->has_index = true;
            ok = take_index(reader, &scan->index, &indexed);
        } else if (IS(reader, key, "data") && has_columns && !has_data) {
            has_data = true;
            ok = take_rows(reader, scan, order);
        } else {
            return false;
        }
        if (!ok)
            return false;
    }
    return ok && has_data && (!scan->has_index || indexed == scan->rows);
}

// A record; the first one says in which order the keys of all must stand.
static bool take_record(struct reader *reader, uint16_t *order, bool is_first) {
    const struct plan *plan = reader->plan;
    uint8_t seen[PLAN_PARTS_MAX];
    union scan_cell *row = reader->cells + reader->used;
    if (is_first)
        clear(seen, plan->count);
    bool ok = take(reader, '{');
    for (uint32_t i = 0; ok && i < plan->count; i++) {
        union scan_cell key;
        if (!take_key(reader, &key))
            return false;
        if (is_first) {
            uint32_t part = find_part(reader, key, i);
            if (part == plan->count || seen[part]++)
                return false;
            order[i] = (uint16_t)part;
        } else if (!is_named(reader, key, &plan->parts[order[i]])) {
            return false;
        }
        if (!take_value(reader, plan->parts[order[i]].type, &row[order[i]]))
            return false;
        if (another(reader, '}', &ok) != (i + 1 < plan->count))
            return false;
    }
    reader->used += plan->count;
    return ok;
}

static bool take_records(struct reader *reader, struct scan *scan) {
    uint16_t order[PLAN_PARTS_MAX];
    size_t start = reader->used;
    bool ok = take(reader, '['), more = true;
    scan->layout = SCAN_RECORDS;
    for (; ok && more; more = another(reader, ']', &ok), scan->rows++)
        if (!take_record(reader, order, scan->rows == 0))
            return false;
    lay_in_rows(reader, scan, start);
    return ok;
}

static bool take_values(struct reader *reader, uint32_t part, struct scan_part *found) {
    *found = (struct scan_part){.start = reader->used, .stride = 1};
    bool ok = take(reader, '['), more = true;
    for (; ok && more; more = another(reader, ']', &ok))
        if (!take_value(reader, reader->plan->parts[part].type, &reader->cells[reader->used++]))
            return false;
    found->count = reader->used - found->start;
    return ok;
}

static bool take_only_column(struct reader *reader, struct scan *scan) {
    scan->layout = SCAN_VALUES;
    bool ok = reader->plan->count == 1 && take_values(reader, 0, &scan->parts[0]);
    scan->rows = scan->parts[0].count;
    return ok;
}

static bool close_list(const struct plan_part *part, struct scan_part *found, uint32_t level,
                       int64_t count) {
    if (found->dimensions[level] == 0)
        found->dimensions[level] = count;
    return found->dimensions[level] == count &&
           (part->shape[level] == -1 || part->shape[level] == count);
}

// Nested lists that are as deep as the tensor and nowhere ragged.
static bool take_tensor(struct reader *reader, uint32_t index, struct scan_part *found) {
    const struct plan_part *part = &reader->plan->parts[index];
    int64_t counts[PLAN_RANK_MAX];
    uint32_t level = 0;
    bool ok = true;
    *found = (struct scan_part){.start = reader->used, .stride = 1};
    for (;;) {
        for (; level < part->rank; level++) {
            if (!take(reader, '['))
                return false;
            counts[level] = 0;
        }
        do {
            if (!take_value(reader, part->type, &reader->cells[reader->used++]))
                return false;
            counts[level - 1]++;
        } while (another(reader, ']', &ok));
        if (!ok)
            return false;
        for (;;) {
            level--;
            if (!close_list(part, found, level, counts[level]))
                return false;
            if (level == 0) {
                found->count = reader->used - found->start;
                return true;
            }
            counts[level - 1]++;
            bool more = another(reader, ']', &ok);
            if (!ok)
                return false;
            if (more)
                break;
        }
    }
}

// An object with each part once: columns of a table, or tensors.
static bool take_parts(struct reader *reader, struct scan *scan) {
    const struct plan *plan = reader->plan;
    uint8_t seen[PLAN_PARTS_MAX];
    bool ok = take(reader, '{');
    clear(seen, plan->count);
    scan->layout = plan->kind == PLAN_TABLE ? SCAN_COLUMNS : SCAN_NAMED;
    for (uint32_t i = 0; ok && i < plan->count; i++) {
        union scan_cell key;
        if (!take_key(reader, &key))
            return false;
        uint32_t part = find_part(reader, key, i);
        if (part == plan->count || seen[part]++)
            return false;
        struct scan_part *found = &scan->parts[part];
        if (plan->kind == PLAN_TABLE ? !take_values(reader, part, found)
                                     : !take_tensor(reader, part, found))
            return false;
        if (plan->kind == PLAN_TABLE && i > 0 && found->count != scan->rows)
            return false;
        scan->rows = found->count;
        if (another(reader, '}', &ok) != (i + 1 < plan->count))
            return false;
    }
    return ok;
}

// What a list begins with inside: '{', '[' or anything else.
static uint8_t peek_inside(struct reader *reader) {
    const uint8_t *before = reader->at;
    uint8_t inside = take(reader, '[') ? peek(reader) : 0;
    reader->at = before;
    return inside;
}

static bool take_table(struct reader *reader, struct scan *scan) {
    uint8_t outside = peek(reader), inside = peek_inside(reader);
    switch (scan->form) {
    case SCAN_DATAFRAME_SPLIT:
        return take_split(reader, scan);
    case SCAN_DATAFRAME_RECORDS:
        return take_records(reader, scan);
    case SCAN_INPUT_DATA:
        if (outside == '{')
            return take_split(reader, scan);
        scan->layout = SCAN_ROWS;
        return take_rows(reader, scan, NULL);
    case SCAN_INPUTS:
    case SCAN_INSTANCES:
        if (inside == '{')
            return take_records(reader, scan);
        if (outside == '{')
            return scan->form == SCAN_INPUTS && take_parts(reader, scan);
        return take_only_column(reader, scan);
    }
    return false;
}

static bool take_tensors(struct reader *reader, struct scan *scan) {
    if (scan->form == SCAN_DATAFRAME_SPLIT || scan->form == SCAN_DATAFRAME_RECORDS)
        return false;
    if (peek(reader) == '{')
        return scan->form != SCAN_INSTANCES && take_parts(reader, scan);
    scan->layout = SCAN_ARRAY;
    return reader->plan->count == 1 && take_tensor(reader, 0, &scan->parts[0]);
}

static enum scan_form form_of(const struct reader *reader, union scan_cell key) {
    if (IS(reader, key, "dataframe_split"))
        return SCAN_DATAFRAME_SPLIT;
    if (IS(reader, key, "dataframe_records"))
        return SCAN_DATAFRAME_RECORDS;
    if (IS(reader, key, "instances"))
        return SCAN_INSTANCES;
    if (IS(reader, key, "inputs"))
        return SCAN_INPUTS;
    return IS(reader, key, "input_data") ? SCAN_INPUT_DATA : (enum scan_form)0;
}

static bool take_params(struct reader *reader, struct scan *scan) {
    skip_space(reader);
    scan->params = (size_t)(reader->at - reader->body);
    bool ok = skip_value(reader);
    scan->params_size = (size_t)(reader->at - reader->body) - scan->params;
    return ok;
}

static bool read_body(struct reader *reader, struct scan *scan) {
    bool ok = take(reader, '{'), more = true;
    for (; ok && more; more = another(reader, '}', &ok)) {
        union scan_cell key;
        if (!take_key(reader, &key))
            return false;
        if (IS(reader, key, "params") && scan->params_size == 0) {
            if (!take_params(reader, scan))
                return false;
            continue;
        }
        if (scan->form || !(scan->form = form_of(reader, key)))
            return false;
        bool is_table = reader->plan->kind == PLAN_TABLE;
        if (is_table ? !take_table(reader, scan) : !take_tensors(reader, scan))
            return false;
    }
    return ok && scan->form;
}

static struct reader begin_body(const uint8_t *body, size_t length, const struct plan *plan,
                                union scan_cell *cells, struct scan *scan) {
    scan->form = (enum scan_form)0;
    scan->rows = 0;
    scan->has_index = false;
    scan->params = scan->params_size = 0;
    return (struct reader){
        .body = body, .at = body, .end = body + length, .plan = plan, .cells = cells};
}

static bool end_body(struct reader *reader, struct scan *scan, bool ok) {
    ok = ok && peek(reader) == 0 && reader->at == reader->end;
    scan->stopped = (size_t)(reader->at - reader->body);
    return ok;
}

SCAN_CALL bool scan_body(const uint8_t *body, size_t length, const struct plan *plan,
                         union scan_cell *cells, struct scan *scan) {
    struct reader reader = begin_body(body, length, plan, cells, scan);
    return end_body(&reader, scan, length <= SCAN_LENGTH_MAX && read_body(&reader, scan));
}

SCAN_CALL bool scan_tensor(const uint8_t *body, size_t length, const struct plan *plan,
                           union scan_cell *cells, struct scan *scan) {
    struct reader reader = begin_body(body, length, plan, cells, scan);
    bool is_short = length <= SCAN_LENGTH_MAX;
    if (peek(&reader) == '[')
        return end_body(&reader, scan, is_short && take_tensor(&reader, 0, &scan->parts[0]));
    bool ok = is_short && read_body(&reader, scan) && scan->params_size == 0;
    return end_body(&reader, scan, ok);
}
