// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// What a head's fields mean for the connection, and which of them are kept.
#include "http_fields.h"

#include "http_bytes.h"

enum kind {
    OTHER, // for the scorer to see
    LEFT_OUT,
    HOST,
    CONTENT_TYPE,
    ACCEPT,
    EXPECT,
    UPGRADE,
    CONNECTION,
    REQUEST_ID,
    CLIENT_ID,
    CONTENT_LENGTH,
    TRANSFER_ENCODING,
    DEPLOYMENT,
};

static enum kind kind_of(const uint8_t *name, size_t length) {
#define IS(lower) http_is(name, length, lower)
    switch (length) {
    case 2:
        return IS("te") ? LEFT_OUT : OTHER;
    case 4:
        return IS("host") ? HOST : OTHER;
    case 6:
        return IS("accept") ? ACCEPT : IS("expect") ? EXPECT : IS("cookie") ? LEFT_OUT : OTHER;
    case 7:
        return IS("upgrade") ? UPGRADE : IS("trailer") ? LEFT_OUT : OTHER;
    case 10:
        return IS("connection")                       ? CONNECTION
               : IS("keep-alive") || IS("user-agent") ? LEFT_OUT
                                                      : OTHER;
    case 12:
        return IS("content-type") ? CONTENT_TYPE : IS("x-request-id") ? REQUEST_ID : OTHER;
    case 13:
        return IS("authorization") ? LEFT_OUT : OTHER;
    case 14:
        return IS("content-length") ? CONTENT_LENGTH : OTHER;
    case 16:
        return IS("proxy-connection") ? LEFT_OUT : OTHER;
    case 17:
        return IS("transfer-encoding") ? TRANSFER_ENCODING : OTHER;
    case 19:
        return IS("proxy-authorization") ? LEFT_OUT : OTHER;
    case 22:
        return IS("x-ms-client-request-id") ? CLIENT_ID : OTHER;
    case 24:
        return IS("azureml-model-deployment") ? DEPLOYMENT : OTHER;
    default:
        return OTHER;
    }
#undef IS
}

static bool is_space(uint8_t byte) { return byte == ' ' || byte == '\t'; }

static void trim(const uint8_t **start, const uint8_t **end) {
    while (*start < *end && is_space(**start))
        ++*start;
    while (*start < *end && is_space((*end)[-1]))
        --*end;
}

static enum http_fault take_length(struct http_head *head, const uint8_t *value, size_t length) {
    if (length < 1 || length > 18)
        return HTTP_BAD_LENGTH;
    uint64_t number = 0;
    for (size_t i = 0; i < length; i++) {
        uint8_t digit = value[i] - '0';
        if (digit > 9)
            return HTTP_BAD_LENGTH;
        number = number * 10 + digit;
    }
    head->body_length = number;
    head->framing = HTTP_LENGTH;
    return HTTP_NO_FAULT;
}

static void take_connection(struct http_head *head, const uint8_t *value, const uint8_t *end) {
    while (value < end) {
        const uint8_t *comma = memchr(value, ',', (size_t)(end - value));
        const uint8_t *word = value, *word_end = comma ? comma : end;
        trim(&word, &word_end);
        size_t length = (size_t)(word_end - word);
        head->says_close |= http_is(word, length, "close");
        head->says_keep_alive |= http_is(word, length, "keep-alive");
        value = comma ? comma + 1 : end;
    }
}

// Notes that a field is there; answers whether it was before.
static bool is_again(struct http_head *head, enum kind kind) {
    uint16_t bit = (uint16_t)(1 << kind);
    bool was_seen = head->seen & bit;
    head->seen |= bit;
    return was_seen;
}

static enum http_fault take(struct http_head *head, enum kind kind, const uint8_t *value,
                            const uint8_t *end, struct http_span span) {
    bool is_second = is_again(head, kind);
    switch (kind) {
    case OTHER:
    case LEFT_OUT:
        break;
    case HOST:
        if (is_second)
            return HTTP_HOST_COUNT;
        for (const uint8_t *byte = value; byte < end; byte++)
            if (!http_is_host_byte(*byte))
                return HTTP_BAD_HOST;
        head->host = span;
        break;
    case CONTENT_TYPE:
        if (is_second)
            return HTTP_TWO_TYPES;
        head->content_type = span;
        break;
    case ACCEPT:
        head->accept = span;
        break;
    case EXPECT:
        if (!http_is(value, (size_t)(end - value), "100-continue"))
            return HTTP_BAD_EXPECTATION;
        head->expects_continue = true;
        break;
    case UPGRADE:
        head->wants_upgrade = true;
        break;
    case CONNECTION:
        take_connection(head, value, end);
        break;
    case REQUEST_ID:
        head->request_id = span;
        break;
    case CLIENT_ID:
        head->client_id = span;
        break;
    case CONTENT_LENGTH:
        return is_second ? HTTP_BAD_LENGTH : take_length(head, value, (size_t)(end - value));
    case TRANSFER_ENCODING:
        if (is_second || !http_is(value, (size_t)(end - value), "chunked"))
            return HTTP_BAD_ENCODING;
        break;
    case DEPLOYMENT:
        if (is_second)
            return HTTP_TWO_DEPLOYMENTS;
        head->deployment = span;
        break;
    }
    return HTTP_NO_FAULT;
}

enum http_fault http_fields_add(struct http_head *head, const uint8_t *line, size_t length) {
    if (++head->fields > HTTP_FIELDS_MAX)
        return HTTP_FIELDS_TOO_LARGE;
    if (is_space(*line))
        return HTTP_FOLDED;
    size_t name = 0;
    while (name < length && http_is_token_byte(line[name]))
        name++;
    if (name == 0 || name == length || line[name] != ':')
        return HTTP_BAD_NAME;
    const uint8_t *value = line + name + 1, *end = line + length;
    trim(&value, &end);
    struct http_span span = {head->line + (uint32_t)(value - line), (uint32_t)(end - value)};
    return take(head, kind_of(line, name), value, end, span);
}

enum http_fault http_fields_end(struct http_head *head) {
    bool has_host = head->seen & 1 << HOST;
    if (!has_host && !head->is_version_10)
        return HTTP_HOST_COUNT;
    if (head->seen & 1 << TRANSFER_ENCODING) {
        if (head->seen & 1 << CONTENT_LENGTH)
            return HTTP_TWO_FRAMINGS;
        if (head->is_version_10)
            return HTTP_OLD_ENCODING;
        head->framing = HTTP_CHUNKED;
    }
    head->is_kept_alive = (head->is_version_10 ? head->says_keep_alive : true) &&
                          !head->says_close && !head->wants_upgrade;
    if (head->is_version_10)
        head->expects_continue = false;
    return HTTP_NO_FAULT;
}

bool http_head_next(const struct http_head *head, const uint8_t *bytes, uint32_t *at,
                    struct http_field *field) {
    const uint8_t *line = bytes + (*at ? *at : head->first_field);
    const uint8_t *last = bytes + head->length - 2;
    while (line < last) {
        const uint8_t *end = memchr(line, '\r', (size_t)(last - line));
        const uint8_t *colon = memchr(line, ':', (size_t)(end - line));
        const uint8_t *next = end + 2, *value = colon + 1;
        if (kind_of(line, (size_t)(colon - line)) == OTHER) {
            trim(&value, &end);
            field->name = (struct http_span){(uint32_t)(line - bytes), (uint32_t)(colon - line)};
            field->value = (struct http_span){(uint32_t)(value - bytes), (uint32_t)(end - value)};
            *at = (uint32_t)(next - bytes);
            return true;
        }
        line = next;
    }
    return false;
}
