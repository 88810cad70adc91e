// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// The Python module `_scorer`: libscorer for the Python runtime.
//
// A request's body is shown where it lies, as a read-only memoryview that is released with the
// answer. Python code may have made other views of it by then, of which nobody can know, so the
// memory below stays mapped for ever; a long body, which has memory of its own, is copied instead.
// All state is guarded by the interpreter's lock, which is let go only where a call can wait.
#include "python_abi.h"
#include "scorer.h"
#include "scorer_abi.h"

// Requests in hand at once, of this gateway and of earlier ones.
#define IN_HAND_MAX (4 * SCORER_SLOTS_MAX)

// Requests that one call of take can bring.
#define TAKE_MAX 256

struct in_hand {
    unsigned long long key; // what Python calls the ticket; 0: free
    bool is_busy;           // a call that has let the interpreter's lock go works on it
    PyObject *view;
    struct scorer_request request;
};

static struct scorer_lane *lane;
static struct in_hand in_hand[IN_HAND_MAX];
static unsigned long long last_key;
static void *held_era;     // the latest life of the gateway whose memory we keep
static uint64_t row_bytes; // of the tensor that is expected

static PyObject *none(void) {
    Py_IncRef(&_Py_NoneStruct);
    return &_Py_NoneStruct;
}

static PyObject *complain(PyObject *type, const char *text) {
    PyErr_SetString(type, text);
    return NULL;
}

static PyObject *raise(enum scorer_result result) {
    PyObject *type = PyExc_RuntimeError;
    if (result == SCORER_GONE)
        type = PyExc_EOFError;
    if (result == SCORER_SYSTEM)
        type = PyExc_OSError;
    if (result == SCORER_MISUSED)
        type = PyExc_ValueError;
    return complain(type, scorer_result_text(result));
}

static PyObject *finish(enum scorer_result result) {
    return result == SCORER_OK ? none() : raise(result);
}

static bool is_attached(void) {
    if (!lane)
        PyErr_SetString(PyExc_RuntimeError, "not attached to a lane; call attach first");
    return lane != NULL;
}

static PyObject *attach(PyObject *module, PyObject *descriptor) {
    (void)module;
    long number = PyLong_AsLong(descriptor);
    if (number == -1 && PyErr_Occurred())
        return NULL;
    if (lane)
        return complain(PyExc_RuntimeError, "attached to a lane already");
    PyThreadState *state = PyEval_SaveThread();
    enum scorer_result result = scorer_attach((int)number, &lane);
    PyEval_RestoreThread(state);
    return finish(result);
}

static PyObject *calls(PyObject *module, PyObject *nothing) {
    (void)module, (void)nothing;
    return is_attached() ? PyLong_FromLong((long)scorer_calls(lane)) : NULL;
}

static PyObject *ready(PyObject *module, PyObject *nothing) {
    (void)module, (void)nothing;
    return is_attached() ? finish(scorer_ready(lane)) : NULL;
}

static PyObject *failed(PyObject *module, PyObject *reason) {
    (void)module;
    Py_ssize_t length;
    const char *text = PyUnicode_AsUTF8AndSize(reason, &length);
    if (!text || !is_attached())
        return NULL;
    return finish(scorer_failed(lane, text, (size_t)length));
}

static PyObject *shares(PyObject *module, PyObject *most) {
    (void)module;
    long number = PyLong_AsLong(most);
    if ((number == -1 && PyErr_Occurred()) || !is_attached())
        return NULL;
    return finish(scorer_shares(lane, number < 1 || number > UINT32_MAX ? 0 : (uint32_t)number));
}

static PyObject *threads(PyObject *module, PyObject *count) {
    (void)module;
    long number = PyLong_AsLong(count);
    if ((number == -1 && PyErr_Occurred()) || !is_attached())
        return NULL;
    return finish(scorer_threads(lane, number < 1 || number > UINT32_MAX ? 0 : (uint32_t)number));
}

static PyObject *expect_json(PyObject *module, PyObject *nothing) {
    (void)module, (void)nothing;
    return is_attached() ? finish(scorer_expect_json(lane)) : NULL;
}

static PyObject *expect_tensor(PyObject *module, PyObject *arguments) {
    (void)module;
    struct scorer_tensor tensor = {.element = 0};
    Py_ssize_t count = PyTuple_Size(arguments);
    if (!is_attached() || PyErr_Occurred())
        return NULL;
    if (count < 2 || count > 1 + SCORER_RANK_MAX)
        return complain(PyExc_ValueError, "give an element and the sizes of 1 to 8 dimensions");
    uint64_t elements = 1;
    for (Py_ssize_t i = 0; i < count; i++) {
        long long number = PyLong_AsLongLong(PyTuple_GetItem(arguments, i));
        if (number == -1 && PyErr_Occurred())
            return NULL;
        if (i == 0)
            tensor.element = number < 0 || number > UINT8_MAX ? 0 : (uint32_t)number;
        else
            tensor.shape[tensor.rank++] = number;
        if (i > 0 && number > 0)
            elements *= (uint64_t)number;
    }
    static const uint8_t sizes[] = {0, 8, 4, 8, 4, 2, 1, 8, 4, 2, 1, 1};
    enum scorer_result result = scorer_expect_tensor(lane, &tensor);
    if (result == SCORER_OK)
        row_bytes = elements * sizes[tensor.element];
    return finish(result);
}

static PyObject *change_metric(PyObject *arguments,
                               enum scorer_result (*change)(struct scorer_lane *, const char *,
                                                            double)) {
    if (PyTuple_Size(arguments) != 2)
        return PyErr_Occurred() ? NULL : complain(PyExc_ValueError, "give a name and a number");
    Py_ssize_t length;
    const char *name = PyUnicode_AsUTF8AndSize(PyTuple_GetItem(arguments, 0), &length);
    double value = name ? PyFloat_AsDouble(PyTuple_GetItem(arguments, 1)) : 0;
    if (!name || PyErr_Occurred() || !is_attached())
        return NULL;
    return finish(change(lane, name, value));
}

static PyObject *metric_add(PyObject *module, PyObject *arguments) {
    (void)module;
    return change_metric(arguments, scorer_metric_add);
}

static PyObject *metric_set(PyObject *module, PyObject *arguments) {
    (void)module;
    return change_metric(arguments, scorer_metric_set);
}

static PyObject *tell(PyObject *module, PyObject *facts) {
    (void)module;
    Py_buffer text;
    if (!is_attached() || PyObject_GetBuffer(facts, &text, BUFFER_SIMPLE) != 0)
        return NULL;
    enum scorer_result result = scorer_tell(lane, text.buf, (size_t)text.len);
    PyBuffer_Release(&text);
    return finish(result);
}

// Finds room for a request: a key whose place in the table is free.
static struct in_hand *keep(const struct scorer_request *request) {
    for (int tries = 0; tries < IN_HAND_MAX; tries++) {
        struct in_hand *entry = &in_hand[++last_key % IN_HAND_MAX];
        if (entry->key == 0) {
            *entry = (struct in_hand){.key = last_key, .request = *request};
            return entry;
        }
    }
    PyErr_SetString(PyExc_RuntimeError, "more requests in hand than a lane can hold");
    return NULL;
}

static PyObject *show_body(const struct scorer_request *request) {
    const char *body = request->body;
    Py_ssize_t length = (Py_ssize_t)request->body_length;
    // Elements that were read out of JSON: their memory goes with the answer.
    bool is_read = request->tensor && request->tensor != request->body;
    if (is_read) {
        body = request->tensor;
        length = (Py_ssize_t)(request->rows * row_bytes);
    }
    if (is_read || body + length != request->head) {
        PyObject *copy = PyBytes_FromStringAndSize(body, length);
        PyObject *view = copy ? PyMemoryView_FromObject(copy) : NULL;
        Py_DecRef(copy);
        return view;
    }
    if (held_era != request->era) {
        struct scorer_hold for_ever;
        scorer_hold_body(lane, request, &for_ever);
        held_era = request->era;
    }
    return PyMemoryView_FromMemory((char *)body, length, BUFFER_READ);
}

// (ticket, kind, head, body, deadline)
static PyObject *show(const struct scorer_request *request) {
    PyObject *body = show_body(request);
    PyObject *tuple = body ? PyTuple_New(5) : NULL;
    struct in_hand *entry = tuple ? keep(request) : NULL;
    if (!entry)
        return NULL;
    Py_IncRef(body);
    entry->view = body;
    PyTuple_SetItem(tuple, 0, PyLong_FromUnsignedLongLong(entry->key));
    PyTuple_SetItem(tuple, 1, PyLong_FromLong(SCORER_KIND_SCORE));
    PyTuple_SetItem(tuple, 2,
                    PyBytes_FromStringAndSize(request->head, (Py_ssize_t)request->head_length));
    PyTuple_SetItem(tuple, 3, body);
    PyTuple_SetItem(tuple, 4, PyLong_FromUnsignedLongLong(request->deadline));
    return PyErr_Occurred() ? NULL : tuple;
}

static PyObject *show_all(const struct scorer_request *requests, uint32_t count) {
    PyObject *list = PyList_New((Py_ssize_t)count);
    for (uint32_t i = 0; list && i < count; i++) {
        PyObject *shown = show(&requests[i]);
        if (!shown) {
            Py_DecRef(list);
            return NULL;
        }
        PyList_SetItem(list, (Py_ssize_t)i, shown);
    }
    return list;
}

static PyObject *take(PyObject *module, PyObject *limit) {
    (void)module;
    struct scorer_request requests[TAKE_MAX];
    uint32_t count;
    long most = PyLong_AsLong(limit);
    if ((most == -1 && PyErr_Occurred()) || !is_attached())
        return NULL;
    if (most < 1)
        return complain(PyExc_ValueError, "cannot take fewer than one request");
    if (most > TAKE_MAX)
        most = TAKE_MAX;
    for (;;) {
        PyThreadState *state = PyEval_SaveThread();
        enum scorer_result result = scorer_take_many(lane, requests, (uint32_t)most, &count);
        PyEval_RestoreThread(state);
        if (result == SCORER_OK)
            return show_all(requests, count);
        if (result == SCORER_DRAINED)
            return none();
        if (result != SCORER_INTERRUPTED)
            return raise(result);
        if (PyErr_CheckSignals() != 0)
            return NULL;
    }
}

static struct in_hand *find(PyObject *ticket) {
    unsigned long long key = PyLong_AsUnsignedLongLong(ticket);
    if (PyErr_Occurred() || !is_attached())
        return NULL;
    struct in_hand *entry = &in_hand[key % IN_HAND_MAX];
    if (key != 0 && entry->key == key && !entry->is_busy)
        return entry;
    PyErr_SetString(PyExc_ValueError, "no request in hand has this ticket");
    return NULL;
}

// Forgets a request and releases the view of its body, unless somebody still uses that.
static void forget(struct in_hand *entry) {
    PyObject *released = PyObject_CallMethod(entry->view, "release", NULL);
    if (!released)
        PyErr_Clear();
    Py_DecRef(released);
    Py_DecRef(entry->view);
    *entry = (struct in_hand){.key = 0};
}

// What answer and part are called with.
struct reply {
    struct in_hand *entry;
    uint16_t status;
    Py_buffer head;
    Py_buffer body;
};

static bool read_reply(PyObject *arguments, struct reply *reply) {
    if (PyTuple_Size(arguments) != 4) {
        PyErr_SetString(PyExc_ValueError, "give ticket, status, head and body");
        return false;
    }
    reply->entry = find(PyTuple_GetItem(arguments, 0));
    if (!reply->entry)
        return false;
    long status = PyLong_AsLong(PyTuple_GetItem(arguments, 1));
    if (status == -1 && PyErr_Occurred())
        return false;
    reply->status = status < 0 || status > UINT16_MAX ? 0 : (uint16_t)status;
    if (PyObject_GetBuffer(PyTuple_GetItem(arguments, 2), &reply->head, BUFFER_SIMPLE) != 0)
        return false;
    if (PyObject_GetBuffer(PyTuple_GetItem(arguments, 3), &reply->body, BUFFER_SIMPLE) == 0)
        return true;
    PyBuffer_Release(&reply->head);
    return false;
}

static enum scorer_result send_whole(struct reply *reply) {
    struct scorer_request *request = &reply->entry->request;
    if (request->parts > 0)
        return scorer_last(lane, request, reply->body.buf, (uint64_t)reply->body.len);
    return scorer_answer(lane, request, reply->status, reply->head.buf, (size_t)reply->head.len,
                         reply->body.buf, (uint64_t)reply->body.len);
}

static PyObject *answer(PyObject *module, PyObject *arguments) {
    (void)module;
    struct reply reply;
    if (!read_reply(arguments, &reply))
        return NULL;
    struct in_hand *entry = reply.entry;
    enum scorer_result result;
    if (scorer_fits(&entry->request, (size_t)reply.head.len, (uint64_t)reply.body.len)) {
        result = send_whole(&reply);
    } else {
        entry->is_busy = true;
        PyThreadState *state = PyEval_SaveThread();
        result = send_whole(&reply);
        PyEval_RestoreThread(state);
        entry->is_busy = false;
    }
    // The answer may have been a view of the body.
    PyBuffer_Release(&reply.head);
    PyBuffer_Release(&reply.body);
    if (result != SCORER_MISUSED)
        forget(entry);
    return finish(result);
}

static PyObject *part(PyObject *module, PyObject *arguments) {
    (void)module;
    struct reply reply;
    if (!read_reply(arguments, &reply))
        return NULL;
    reply.entry->is_busy = true;
    PyThreadState *state = PyEval_SaveThread();
    enum scorer_result result =
        scorer_part(lane, &reply.entry->request, reply.status, reply.head.buf,
                    (size_t)reply.head.len, reply.body.buf, (uint64_t)reply.body.len);
    PyEval_RestoreThread(state);
    reply.entry->is_busy = false;
    PyBuffer_Release(&reply.head);
    PyBuffer_Release(&reply.body);
    if (result == SCORER_OK || result == SCORER_CANCELLED)
        return PyBool_FromLong(result == SCORER_OK);
    return raise(result);
}

static PyObject *fail(PyObject *module, PyObject *arguments) {
    (void)module;
    if (PyTuple_Size(arguments) != 3)
        return PyErr_Occurred() ? NULL : complain(PyExc_ValueError, "give ticket, status, text");
    struct in_hand *entry = find(PyTuple_GetItem(arguments, 0));
    if (!entry)
        return NULL;
    Py_ssize_t length;
    long status = PyLong_AsLong(PyTuple_GetItem(arguments, 1));
    const char *text = PyUnicode_AsUTF8AndSize(PyTuple_GetItem(arguments, 2), &length);
    if (!text || PyErr_Occurred())
        return NULL;
    uint16_t number = status < 0 || status > UINT16_MAX ? 0 : (uint16_t)status;
    enum scorer_result result = scorer_fail(lane, &entry->request, number, text);
    if (result != SCORER_MISUSED)
        forget(entry);
    return finish(result);
}

static PyObject *break_off(PyObject *module, PyObject *ticket) {
    (void)module;
    struct in_hand *entry = find(ticket);
    if (!entry)
        return NULL;
    entry->is_busy = true;
    PyThreadState *state = PyEval_SaveThread();
    enum scorer_result result = scorer_break_off(lane, &entry->request);
    PyEval_RestoreThread(state);
    entry->is_busy = false;
    if (result != SCORER_MISUSED)
        forget(entry);
    return finish(result);
}

static PyObject *rows(PyObject *module, PyObject *ticket) {
    (void)module;
    struct in_hand *entry = find(ticket);
    return entry ? PyLong_FromUnsignedLongLong(entry->request.rows) : NULL;
}

static PyObject *is_cancelled(PyObject *module, PyObject *ticket) {
    (void)module;
    struct in_hand *entry = find(ticket);
    return entry ? PyBool_FromLong(scorer_is_cancelled(lane, &entry->request)) : NULL;
}

static PyMethodDef methods[] = {
    {"attach", attach, CALL_WITH_ONE, "Wait for the gateway at this descriptor; map the lane."},
    {"calls", calls, CALL_WITH_NOTHING, "Calls of the model at once."},
    {"ready", ready, CALL_WITH_NOTHING, "Say that requests may come."},
    {"failed", failed, CALL_WITH_ONE, "Say why the scorer cannot start."},
    {"shares", shares, CALL_WITH_ONE, "Say how many requests may share a call of the model."},
    {"threads", threads, CALL_WITH_ONE, "Say how many threads take requests."},
    {"expect_json", expect_json, CALL_WITH_NOTHING, "Refuse bodies that are not JSON."},
    {"expect_tensor", expect_tensor, CALL_WITH_TUPLE,
     "(element, size, ...): refuse bodies that are not this tensor; -1 is free."},
    {"metric_add", metric_add, CALL_WITH_TUPLE, "(name, number): add to a counter."},
    {"metric_set", metric_set, CALL_WITH_TUPLE, "(name, number): set a gauge."},
    {"tell", tell, CALL_WITH_ONE, "Tell facts about the model: JSON in bytes, 4,096 at most."},
    {"take", take, CALL_WITH_ONE,
     "Wait for requests: [(ticket, kind, head, body, deadline)], or None when told to leave."},
    {"answer", answer, CALL_WITH_TUPLE, "(ticket, status, head, body): end a request."},
    {"part", part, CALL_WITH_TUPLE,
     "(ticket, status, head, body): send a part; False when nobody wants the rest."},
    {"fail", fail, CALL_WITH_TUPLE, "(ticket, status, text): end a request that cannot be scored."},
    {"rows", rows, CALL_WITH_ONE, "How large the free dimension of its tensor is."},
    {"break_off", break_off, CALL_WITH_ONE,
     "End an answer of which parts were sent and that cannot be finished."},
    {"is_cancelled", is_cancelled, CALL_WITH_ONE, "Whether nobody wants the answer."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef definition = {
    .reference_count = 1,
    .name = "_scorer",
    .documentation = "A scorer's side of a lane.",
    .state_size = -1,
    .methods = methods,
};

__attribute__((visibility("default"))) PyObject *PyInit__scorer(void) {
    if (!python_is_known(Py_GetVersion()))
        return complain(
            PyExc_ImportError,
            "cannot load '_scorer' in this interpreter: it knows CPython 3.6 to 3.13 "
            "with the global interpreter lock; build the environment with one of those");
    return PyModule_Create2(&definition, PYTHON_API);
}
