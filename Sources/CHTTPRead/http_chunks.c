// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// A chunked body, byte by byte; nothing of it is kept.
#include "http_bytes.h"
#include "http_read.h"

enum state {
    SIZE, // first, so that a body of zeros begins with it
    EXTENSION,
    SIZE_LF,
    DATA,
    DATA_CR,
    DATA_LF,
    FIELD,
    NAME,
    VALUE,
    VALUE_LF,
    LAST_LF,
    ENDED,
};

// Bytes of extensions that every chunk may have, and that each byte of data makes up for.
#define FREE_EXCESS 16
#define EXCESS_PER_BYTE 2

// Fields that say how the request is read, routed or allowed, and so stand in its head or nowhere.
//
// Source: RFC 9110, section 6.5.1.
static const char *const forbidden[] = {
    "authorization",
    "azureml-model-deployment",
    "connection",
    "content-encoding",
    "content-length",
    "content-range",
    "content-type",
    "cookie",
    "expect",
    "host",
    "keep-alive",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
};

static int hexadecimal(uint8_t byte) {
    uint8_t lower = byte | 0x20;
    if ((uint8_t)(byte - '0') < 10)
        return byte - '0';
    return (uint8_t)(lower - 'a') < 6 ? lower - 'a' + 10 : -1;
}

static enum http_fault take_digit(struct http_chunks *chunks, int digit) {
    if (chunks->digits == 16 || chunks->left >> 58)
        return HTTP_BAD_CHUNK_SIZE;
    chunks->digits++;
    chunks->left = chunks->left << 4 | (uint64_t)digit;
    return HTTP_NO_FAULT;
}

// The size is known: what its line had beyond it is made up for by what it announces.
static void begin_chunk(struct http_chunks *chunks) {
    uint64_t made_up = FREE_EXCESS + EXCESS_PER_BYTE * chunks->left;
    chunks->excess = chunks->excess > made_up ? chunks->excess - (uint32_t)made_up : 0;
    chunks->digits = 0;
    chunks->state = chunks->left > 0 ? DATA : FIELD;
}

static enum http_fault begin_field(struct http_chunks *chunks) {
    chunks->name_count = 0;
    chunks->state = NAME;
    return ++chunks->fields > HTTP_FIELDS_MAX ? HTTP_FIELDS_TOO_LARGE : HTTP_NO_FAULT;
}

static enum http_fault take_name(struct http_chunks *chunks, uint8_t byte) {
    if (byte == ':' && chunks->name_count > 0) {
        if (chunks->name_count <= sizeof chunks->name)
            for (size_t i = 0; i < sizeof forbidden / sizeof forbidden[0]; i++)
                if (http_is(chunks->name, chunks->name_count, forbidden[i]))
                    return HTTP_FORBIDDEN_TRAILER;
        chunks->state = VALUE;
        return HTTP_NO_FAULT;
    }
    if (!http_is_token_byte(byte))
        return HTTP_BAD_TRAILER;
    if (chunks->name_count < sizeof chunks->name)
        chunks->name[chunks->name_count] = byte;
    if (chunks->name_count <= sizeof chunks->name)
        chunks->name_count++;
    return HTTP_NO_FAULT;
}

// Takes one byte that is not data.
static enum http_fault take(struct http_chunks *chunks, uint8_t byte) {
    int digit;
    switch ((enum state)chunks->state) {
    case SIZE:
        if ((digit = hexadecimal(byte)) >= 0)
            return take_digit(chunks, digit);
        if (chunks->digits == 0 || (byte != ';' && byte != '\r'))
            return HTTP_BAD_CHUNK_SIZE;
        chunks->state = byte == ';' ? EXTENSION : SIZE_LF;
        return HTTP_NO_FAULT;
    case EXTENSION:
        if (byte == '\r')
            chunks->state = SIZE_LF;
        else if (!http_is_field_byte(byte) || ++chunks->excess > HTTP_LINE_MAX)
            return HTTP_BAD_CHUNK_EXTENSION;
        return HTTP_NO_FAULT;
    case SIZE_LF:
        if (byte != '\n')
            return HTTP_BAD_CHUNK_END;
        begin_chunk(chunks);
        return HTTP_NO_FAULT;
    case DATA_CR:
        chunks->state = DATA_LF;
        return byte == '\r' ? HTTP_NO_FAULT : HTTP_BAD_CHUNK_END;
    case DATA_LF:
        chunks->state = SIZE;
        return byte == '\n' ? HTTP_NO_FAULT : HTTP_BAD_CHUNK_END;
    case FIELD:
        if (byte == '\r') {
            chunks->state = LAST_LF;
            return HTTP_NO_FAULT;
        }
        enum http_fault fault = begin_field(chunks);
        return fault ? fault : take_name(chunks, byte);
    case NAME:
        return take_name(chunks, byte);
    case VALUE:
        if (byte == '\r')
            chunks->state = VALUE_LF;
        else if (!http_is_field_byte(byte))
            return HTTP_BAD_TRAILER;
        return HTTP_NO_FAULT;
    case VALUE_LF:
        chunks->state = FIELD;
        return byte == '\n' ? HTTP_NO_FAULT : HTTP_BAD_TRAILER;
    case LAST_LF:
        chunks->state = ENDED;
        return byte == '\n' ? HTTP_NO_FAULT : HTTP_BAD_CHUNK_END;
    case DATA:
    case ENDED:
        break;
    }
    return HTTP_BAD_CHUNK_END;
}

enum http_outcome http_chunks_read(struct http_chunks *chunks, const uint8_t *bytes, size_t length,
                                   size_t *used, size_t *data) {
    size_t at = 0;
    *data = 0;
    *used = 0;
    if (chunks->fault)
        return HTTP_BAD;
    while (chunks->state != ENDED && at < length) {
        if (chunks->state == DATA) {
            size_t count = length - at < chunks->left ? length - at : (size_t)chunks->left;
            chunks->left -= count;
            if (chunks->left == 0)
                chunks->state = DATA_CR;
            *data = count;
            *used = at + count;
            return HTTP_DATA;
        }
        bool is_trailer = chunks->state >= FIELD;
        enum http_fault fault = take(chunks, bytes[at++]);
        if (!fault && is_trailer && ++chunks->trailers > HTTP_LINE_MAX)
            fault = HTTP_FIELDS_TOO_LARGE;
        if (fault) {
            chunks->fault = fault;
            return HTTP_BAD;
        }
    }
    *used = at;
    return chunks->state == ENDED ? HTTP_WHOLE : HTTP_MORE;
}
