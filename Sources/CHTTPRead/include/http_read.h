// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Reads HTTP/1.1 requests: a head into places in its own bytes, a chunked body into its data.
//
// Plain C over bytes: no library, no recursion, no memory of its own. Each byte is judged once, in
// order, so that a request gets the same answer however it is cut into pieces. Whatever two readers
// could read in two ways is refused.
//
// Source: RFC 9112, sections 2 to 7 and 11; RFC 9110, sections 5 and 6.5.1.
#ifndef SCOREKEEPER_HTTP_READ_H
#define SCOREKEEPER_HTTP_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HTTP_LINE_MAX 8192  // bytes of the request line, and of a field, without their line ends
#define HTTP_FIELDS_MAX 100 // fields of a head, and of a body's trailer
#define HTTP_HEAD_MAX 65536 // bytes of a head

enum http_outcome {
    HTTP_MORE,  // all that is there was read, and it is not all
    HTTP_WHOLE, // the head, or the body, is there
    HTTP_DATA,  // a piece of the body
    HTTP_BAD,   // it is no request; `fault` says why
};

enum http_fault {
    HTTP_NO_FAULT,
    HTTP_LINE_TOO_LONG,
    HTTP_FIELDS_TOO_LARGE,
    HTTP_BAD_VERSION,
    HTTP_BAD_EXPECTATION,
    HTTP_BAD_BYTE,
    HTTP_BAD_LINE_END,
    HTTP_BAD_LINE,
    HTTP_BAD_METHOD,
    HTTP_BAD_TARGET,
    HTTP_BAD_NAME,
    HTTP_FOLDED,
    HTTP_BAD_HOST,
    HTTP_HOST_COUNT,
    HTTP_BAD_LENGTH,
    HTTP_BAD_ENCODING,
    HTTP_TWO_FRAMINGS,
    HTTP_OLD_ENCODING,
    HTTP_TWO_TYPES,
    HTTP_TWO_DEPLOYMENTS,
    HTTP_BAD_CHUNK_SIZE,
    HTTP_BAD_CHUNK_EXTENSION,
    HTTP_BAD_CHUNK_END,
    HTTP_BAD_TRAILER,
    HTTP_FORBIDDEN_TRAILER,
    HTTP_FAULTS
};

// The status that a fault is answered with, and what it says to the client.
int http_fault_status(enum http_fault fault);
const char *http_fault_text(enum http_fault fault);

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_OTHER };

enum http_framing { HTTP_NO_BODY, HTTP_LENGTH, HTTP_CHUNKED };

// A part of a head; its length is 0 where the head has none such.
struct http_span {
    uint32_t start; // from the head's first byte
    uint32_t length;
};

// A head, whole or so far. All zeros before its first byte.
struct http_head {
    struct http_span method_text;
    struct http_span target;
    struct http_span host;
    struct http_span content_type;
    struct http_span accept;
    struct http_span request_id;
    struct http_span client_id;
    struct http_span deployment;
    uint64_t body_length;
    uint32_t length;       // of the head with the empty line, once it is whole
    uint32_t first_field;  // where the fields begin
    uint32_t line;         // where the line begins that is being read
    uint32_t looked;       // up to where its bytes were judged
    uint16_t fields;       // so far
    uint16_t seen;         // which of the fields that may come once
    uint8_t method;        // enum http_method
    uint8_t framing;       // enum http_framing
    uint8_t fault;         // enum http_fault
    bool has_line;         // whether the request line was read
    bool is_version_10;    // HTTP/1.0
    bool is_kept_alive;    // whether another request may follow
    bool expects_continue; // whether the client waits before it sends the body
    bool says_close;
    bool says_keep_alive;
    bool wants_upgrade;
};

// Reads on in a head. `bytes` are those from its first on, wherever they lie at each call.
enum http_outcome http_head_read(struct http_head *head, const uint8_t *bytes, size_t length);

struct http_field {
    struct http_span name;
    struct http_span value;
};

// The next field of a whole head that is for a scorer to see and that `http_head` does not name;
// `at` is 0 for the first. Returns: false after the last.
bool http_head_next(const struct http_head *head, const uint8_t *bytes, uint32_t *at,
                    struct http_field *field);

// A chunked body so far. All zeros before its first byte.
struct http_chunks {
    uint64_t left;      // bytes of the chunk that are to come, or its size so far
    uint32_t excess;    // bytes of extensions that no data makes up for
    uint32_t trailers;  // bytes of the trailer
    uint16_t fields;    // of the trailer
    uint8_t digits;     // of the size
    uint8_t state;      // what is expected next
    uint8_t fault;      // enum http_fault
    uint8_t name_count; // bytes of the trailer field's name; more than fit count, too
    uint8_t name[24];   // in lower case
};

// Reads on in a chunked body, up to its next data or its end.
//
// `*used` is how many bytes were read. After HTTP_DATA the last `*data` of these are data.
enum http_outcome http_chunks_read(struct http_chunks *chunks, const uint8_t *bytes, size_t length,
                                   size_t *used, size_t *data);

#endif
