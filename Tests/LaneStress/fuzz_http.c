// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Any bytes as requests on one connection, in one piece and in the fuzzer's pieces.
//
// Broken: a byte read outside what came, a place outside the head, a head or a body that is read in
// another way when it is cut, a fault without a text, a length beyond what a count can hold.
#include "fuzz_input.h"

#include "http_read.h"

#define BYTES_MAX 4096
#define NOTES_MAX 256

// What was read, in order: heads, faults and sums of bodies.
struct reading {
    uint64_t notes[NOTES_MAX];
    size_t count;
};

static void note(struct reading *reading, uint64_t what) {
    if (reading->count < NOTES_MAX)
        reading->notes[reading->count++] = what;
}

// A connection: what came and was not read, in memory of exactly its size.
struct connection {
    uint8_t *bytes;
    size_t length;
    struct http_head head;
    struct http_chunks chunks;
    enum { HEAD, BODY, CHUNKS, BROKEN } state;
    uint64_t missing;
    uint64_t sum; // of the body so far
};

static void keep(struct connection *connection, const uint8_t *rest, size_t length) {
    uint8_t *bytes = malloc(length);
    if (length > 0)
        memcpy(bytes, rest, length);
    free(connection->bytes);
    connection->bytes = bytes;
    connection->length = length;
}

static void drop(struct connection *connection, size_t count) {
    REQUIRE(count <= connection->length);
    keep(connection, connection->bytes + count, connection->length - count);
}

static void check_span(const struct http_head *head, struct http_span span) {
    REQUIRE(span.start <= head->length && span.length <= head->length - span.start);
}

static void check_value(const uint8_t *bytes, struct http_span span) {
    for (uint32_t i = 0; i < span.length; i++) {
        uint8_t byte = bytes[span.start + i];
        REQUIRE(byte == '\t' || (byte >= 0x20 && byte != 0x7f));
    }
}

static void check_head(const struct http_head *head, const uint8_t *bytes) {
    const struct http_span spans[] = {head->method_text,  head->target,    head->host,
                                      head->content_type, head->accept,    head->request_id,
                                      head->client_id,    head->deployment};
    struct http_field field;
    uint32_t at = 0, fields = 0;
    for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++) {
        check_span(head, spans[i]);
        check_value(bytes, spans[i]);
    }
    REQUIRE(head->method_text.length > 0 && head->target.length > 0);
    REQUIRE(bytes[head->target.start] == '/');
    REQUIRE(head->length <= HTTP_HEAD_MAX && head->fields <= HTTP_FIELDS_MAX);
    REQUIRE(memcmp(bytes + head->length - 2, "\r\n", 2) == 0);
    REQUIRE(head->body_length <= 999999999999999999);
    while (http_head_next(head, bytes, &at, &field)) {
        check_span(head, field.name);
        check_span(head, field.value);
        check_value(bytes, field.value);
        REQUIRE(field.name.length > 0 && bytes[field.name.start + field.name.length] == ':');
        REQUIRE(++fields <= head->fields);
    }
}

static void refuse(struct connection *connection, struct reading *reading, uint8_t fault) {
    REQUIRE(fault > HTTP_NO_FAULT && fault < HTTP_FAULTS);
    REQUIRE(http_fault_status(fault) >= 400 && strlen(http_fault_text(fault)) > 10);
    connection->state = BROKEN;
    note(reading, 0xbad00 + fault);
}

static bool read_head(struct connection *connection, struct reading *reading) {
    struct http_head *head = &connection->head;
    enum http_outcome outcome = http_head_read(head, connection->bytes, connection->length);
    if (outcome == HTTP_MORE)
        return false;
    if (outcome == HTTP_BAD) {
        refuse(connection, reading, head->fault);
        return false;
    }
    REQUIRE(outcome == HTTP_WHOLE && head->length <= connection->length);
    check_head(head, connection->bytes);
    uint64_t sum = head->length;
    for (uint32_t i = 0; i < head->length; i++)
        sum = sum * 31 + connection->bytes[i];
    note(reading, sum);
    note(reading, head->is_kept_alive * 8u + head->expects_continue * 4u + head->is_version_10);
    drop(connection, head->length);
    connection->state = head->framing == HTTP_CHUNKED ? CHUNKS : BODY;
    connection->missing = head->framing == HTTP_LENGTH ? head->body_length : 0;
    connection->sum = 0;
    memset(head, 0, sizeof *head);
    memset(&connection->chunks, 0, sizeof connection->chunks);
    return true;
}

static void add(struct connection *connection, const uint8_t *bytes, size_t length) {
    for (size_t i = 0; i < length; i++)
        connection->sum = connection->sum * 31 + bytes[i] + 1;
}

static bool end_body(struct connection *connection, struct reading *reading) {
    note(reading, connection->sum);
    connection->state = HEAD;
    return true;
}

static bool read_body(struct connection *connection, struct reading *reading) {
    size_t count =
        connection->missing < connection->length ? (size_t)connection->missing : connection->length;
    add(connection, connection->bytes, count);
    drop(connection, count);
    connection->missing -= count;
    return connection->missing == 0 && end_body(connection, reading);
}

static bool read_chunks(struct connection *connection, struct reading *reading) {
    size_t used, data;
    enum http_outcome outcome =
        http_chunks_read(&connection->chunks, connection->bytes, connection->length, &used, &data);
    REQUIRE(used <= connection->length && data <= used);
    if (outcome == HTTP_BAD) {
        refuse(connection, reading, connection->chunks.fault);
        return false;
    }
    REQUIRE((outcome == HTTP_DATA) == (data > 0));
    REQUIRE(outcome != HTTP_MORE || used == connection->length);
    add(connection, connection->bytes + used - data, data);
    drop(connection, used);
    if (outcome == HTTP_WHOLE)
        return end_body(connection, reading);
    return outcome == HTTP_DATA;
}

// Gives a connection bytes and reads all that they make.
static void give(struct connection *connection, struct reading *reading, const uint8_t *bytes,
                 size_t length) {
    uint8_t all[2 * BYTES_MAX];
    memcpy(all, connection->bytes, connection->length);
    memcpy(all + connection->length, bytes, length);
    keep(connection, all, connection->length + length);
    for (bool goes_on = true; goes_on;) {
        switch (connection->state) {
        case HEAD:
            goes_on = read_head(connection, reading);
            break;
        case BODY:
            goes_on = read_body(connection, reading);
            break;
        case CHUNKS:
            goes_on = read_chunks(connection, reading);
            break;
        case BROKEN:
            goes_on = false;
        }
    }
}

static void begin(struct connection *connection, struct reading *reading) {
    memset(connection, 0, sizeof *connection);
    memset(reading, 0, sizeof *reading);
    connection->bytes = malloc(0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    struct connection connection;
    struct reading whole, cut;
    uint64_t random = size + 1;
    if (size > BYTES_MAX)
        return 0;
    for (size_t i = 0; i < size; i++)
        random = random * 6364136223846793005 + bytes[i] + 1442695040888963407;

    begin(&connection, &whole);
    give(&connection, &whole, bytes, size);
    free(connection.bytes);

    begin(&connection, &cut);
    size_t longest = random >> 60 == 0 ? 1 : 1 + (random >> 40) % 64;
    for (size_t at = 0; at < size;) {
        random = random * 6364136223846793005 + 1442695040888963407;
        size_t count = 1 + (random >> 33) % longest;
        if (count > size - at)
            count = size - at;
        give(&connection, &cut, bytes + at, count);
        at += count;
    }
    free(connection.bytes);
    REQUIRE(whole.count == cut.count);
    REQUIRE(memcmp(whole.notes, cut.notes, whole.count * sizeof whole.notes[0]) == 0);
    return 0;
}
