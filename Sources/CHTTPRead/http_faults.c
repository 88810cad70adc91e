// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// What a client is told of a request that is none.
#include "http_read.h"

static const struct {
    int status;
    const char *text;
} faults[HTTP_FAULTS] = {
    [HTTP_NO_FAULT] = {400, "the request is not HTTP/1.1"},
    [HTTP_LINE_TOO_LONG] = {414, "the request line is longer than 8192 bytes"},
    [HTTP_FIELDS_TOO_LARGE] = {431, "a header field is longer than 8192 bytes, there are more than "
                                    "100, or all of them are longer than 65536 bytes"},
    [HTTP_BAD_VERSION] = {505, "not HTTP/1.0 or HTTP/1.1"},
    [HTTP_BAD_EXPECTATION] = {417, "Expect is something else than '100-continue'"},
    [HTTP_BAD_BYTE] = {400, "the request's head holds a control byte"},
    [HTTP_BAD_LINE_END] = {400, "a line of the request's head ends without CR LF"},
    [HTTP_BAD_LINE] = {400, "the request line is not a method, a target and HTTP/1.1"},
    [HTTP_BAD_METHOD] = {400, "the request's method is not one that is served"},
    [HTTP_BAD_TARGET] = {400, "the request's target is not a path"},
    [HTTP_BAD_NAME] = {400, "a header field's name is not a token with a colon behind it"},
    [HTTP_FOLDED] = {400, "a header field is folded over two lines"},
    [HTTP_BAD_HOST] = {400, "Host is not a host's name"},
    [HTTP_HOST_COUNT] = {400, "there must be one Host field"},
    [HTTP_BAD_LENGTH] = {400, "Content-Length is not one number"},
    [HTTP_BAD_ENCODING] = {400, "Transfer-Encoding is something else than 'chunked'"},
    [HTTP_TWO_FRAMINGS] = {400, "there are both Content-Length and Transfer-Encoding"},
    [HTTP_OLD_ENCODING] = {400, "HTTP/1.0 has no Transfer-Encoding"},
    [HTTP_TWO_TYPES] = {400, "there are two Content-Type fields"},
    [HTTP_TWO_DEPLOYMENTS] = {400, "there are two azureml-model-deployment fields"},
    [HTTP_BAD_CHUNK_SIZE] = {400, "a chunk's size is not a hexadecimal number of 1 to 16 digits"},
    [HTTP_BAD_CHUNK_EXTENSION] = {400, "a chunk's extension holds a control byte or is too long"},
    [HTTP_BAD_CHUNK_END] = {400, "a chunk, or the body, does not end with CR LF"},
    [HTTP_BAD_TRAILER] = {400, "a trailer field is not a name and a value"},
    [HTTP_FORBIDDEN_TRAILER] = {400, "a trailer field stands for one of the head"},
};

int http_fault_status(enum http_fault fault) { return faults[fault].status; }

const char *http_fault_text(enum http_fault fault) { return faults[fault].text; }
