// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// The Python module `_decoder`: a request's body to typed columns, where a plan covers it.
//
// What it hands over is fresh memory that Python owns: nothing points into the body.
#include "python_abi.h"
#include "scan.h"

// Bytes of scratch that are kept from one body to the next.
#define KEPT_MAX ((size_t)1 << 20)

// A body as it is being turned into Python's objects.
struct decoding {
    const uint8_t *body;
    const struct plan *plan;
    union scan_cell *cells;
    struct scan scan;
};

static const size_t sizes[PLAN_TYPES] = {
    [PLAN_FLOAT64] = 8, [PLAN_FLOAT32] = 4, [PLAN_INT64] = 8,  [PLAN_INT32] = 4,
    [PLAN_INT16] = 2,   [PLAN_INT8] = 1,    [PLAN_UINT64] = 8, [PLAN_UINT32] = 4,
    [PLAN_UINT16] = 2,  [PLAN_UINT8] = 1,   [PLAN_BOOL] = 1,
};

static void *kept;
static size_t kept_size;

// Guarded by the interpreter's lock, which is never let go while scratch is in use.
static void *scratch(size_t size) {
    if (size > KEPT_MAX)
        return PyMem_RawMalloc(size);
    if (size > kept_size) {
        PyMem_RawFree(kept);
        kept = PyMem_RawMalloc(size);
        kept_size = kept ? size : 0;
    }
    return kept;
}

static void end_scratch(void *memory) {
    if (memory != kept)
        PyMem_RawFree(memory);
}

#define COPY_AS(type, member)                                                                      \
    do {                                                                                           \
        type *out = (type *)to;                                                                    \
        for (size_t i = 0; i < part->count; i++)                                                   \
            out[i] = (type)cells[i * part->stride].member;                                         \
    } while (0)

static void copy_cells(const struct decoding *decoding, uint32_t index, char *to) {
    const struct scan_part *part = &decoding->scan.parts[index];
    const union scan_cell *cells = decoding->cells + part->start;
    uint32_t type = decoding->plan->parts[index].type;
    if (type == PLAN_FLOAT64)
        COPY_AS(double, real);
    else if (type == PLAN_FLOAT32)
        COPY_AS(float, real);
    else if (sizes[type] == 8)
        COPY_AS(int64_t, integer);
    else if (sizes[type] == 4)
        COPY_AS(int32_t, integer);
    else if (sizes[type] == 2)
        COPY_AS(int16_t, integer);
    else
        COPY_AS(int8_t, integer);
}

// A string, or NULL: with an error set where Python has none for it.
static PyObject *text_of(const struct decoding *decoding, union scan_cell cell) {
    size_t length = cell.text.length & ~SCAN_ESCAPED;
    const uint8_t *bytes = decoding->body + cell.text.offset;
    if (!(cell.text.length & SCAN_ESCAPED))
        return PyUnicode_DecodeUTF8((const char *)bytes, (Py_ssize_t)length, "strict");
    uint8_t *plain = PyMem_RawMalloc(length);
    ptrdiff_t written = plain ? scan_unescape(bytes, length, plain) : -1;
    PyObject *text =
        written < 0 ? NULL : PyUnicode_DecodeUTF8((const char *)plain, written, "strict");
    PyMem_RawFree(plain);
    return text;
}

static PyObject *texts_of(const struct decoding *decoding, uint32_t index) {
    const struct scan_part *part = &decoding->scan.parts[index];
    PyObject *list = PyList_New((Py_ssize_t)part->count);
    for (size_t i = 0; list && i < part->count; i++) {
        PyObject *text = text_of(decoding, decoding->cells[part->start + i * part->stride]);
        if (!text) {
            Py_DecRef(list);
            return NULL;
        }
        PyList_SetItem(list, (Py_ssize_t)i, text);
    }
    return list;
}

// One column or tensor: a list of strings, or a bytearray.
static PyObject *part_of(const struct decoding *decoding, uint32_t index) {
    uint32_t type = decoding->plan->parts[index].type;
    if (type == PLAN_STRING)
        return texts_of(decoding, index);
    size_t bytes = decoding->scan.parts[index].count * sizes[type];
    PyObject *array = PyByteArray_FromStringAndSize(NULL, (Py_ssize_t)bytes);
    if (array)
        copy_cells(decoding, index, PyByteArray_AsString(array));
    return array;
}

static PyObject *dimensions_of(const struct decoding *decoding, uint32_t index) {
    uint32_t rank = decoding->plan->parts[index].rank;
    PyObject *tuple = PyTuple_New((Py_ssize_t)rank);
    for (uint32_t i = 0; tuple && i < rank; i++)
        PyTuple_SetItem(tuple, (Py_ssize_t)i,
                        PyLong_FromLongLong(decoding->scan.parts[index].dimensions[i]));
    return tuple;
}

static bool is_one_block(const struct plan *plan) {
    if (plan->kind != PLAN_TABLE || plan->parts[0].type == PLAN_STRING)
        return false;
    for (uint32_t i = 1; i < plan->count; i++)
        if (plan->parts[i].type != plan->parts[0].type)
            return false;
    return true;
}

// Columns of one type, one after another in one bytearray.
static PyObject *block_of(const struct decoding *decoding) {
    size_t column = decoding->scan.rows * sizes[decoding->plan->parts[0].type];
    PyObject *array =
        PyByteArray_FromStringAndSize(NULL, (Py_ssize_t)(decoding->plan->count * column));
    for (uint32_t i = 0; array && i < decoding->plan->count; i++)
        copy_cells(decoding, i, PyByteArray_AsString(array) + i * column);
    return array;
}

static PyObject *parts_of(const struct decoding *decoding) {
    if (is_one_block(decoding->plan))
        return block_of(decoding);
    PyObject *tuple = PyTuple_New((Py_ssize_t)decoding->plan->count);
    for (uint32_t i = 0; tuple && i < decoding->plan->count; i++) {
        PyObject *part = part_of(decoding, i);
        if (part && decoding->plan->kind == PLAN_TENSORS) {
            PyObject *pair = PyTuple_New(2);
            if (pair) {
                PyTuple_SetItem(pair, 0, part);
                PyTuple_SetItem(pair, 1, dimensions_of(decoding, i));
            } else {
                Py_DecRef(part);
            }
            part = pair;
        }
        if (!part) {
            Py_DecRef(tuple);
            return NULL;
        }
        PyTuple_SetItem(tuple, (Py_ssize_t)i, part);
    }
    return tuple;
}

static PyObject *none(void) {
    Py_IncRef(&_Py_NoneStruct);
    return &_Py_NoneStruct;
}

static PyObject *index_of(const struct decoding *decoding) {
    const struct scan *scan = &decoding->scan;
    if (!scan->has_index)
        return none();
    return PyByteArray_FromStringAndSize((const char *)(decoding->cells + scan->index),
                                         (Py_ssize_t)(scan->rows * sizeof(int64_t)));
}

static PyObject *params_of(const struct decoding *decoding) {
    const struct scan *scan = &decoding->scan;
    if (scan->params_size == 0)
        return none();
    return PyBytes_FromStringAndSize((const char *)decoding->body + scan->params,
                                     (Py_ssize_t)scan->params_size);
}

// (form, layout, rows, parts, index, params), or NULL, with an error set or without.
static PyObject *tuple_of(const struct decoding *decoding) {
    const struct scan *scan = &decoding->scan;
    PyObject *items[] = {
        PyLong_FromLong(scan->form),
        PyLong_FromLong(scan->layout),
        PyLong_FromLongLong((long long)scan->rows),
        parts_of(decoding),
        index_of(decoding),
        params_of(decoding),
    };
    int count = (int)(sizeof items / sizeof items[0]), missing = 0;
    PyObject *tuple = PyTuple_New(count);
    for (int i = 0; i < count; i++) {
        missing += !items[i];
        if (tuple)
            PyTuple_SetItem(tuple, i, items[i]);
        else
            Py_DecRef(items[i]);
    }
    if (tuple && missing) {
        Py_DecRef(tuple);
        return NULL;
    }
    return tuple;
}

// Whatever goes wrong from here on, the exact way can tell it better.
static PyObject *decode_covered(const Py_buffer *body, const Py_buffer *plan) {
    struct decoding decoding;
    decoding.body = body->buf;
    decoding.plan = plan->buf;
    size_t length = (size_t)body->len;
    if (length > SCAN_LENGTH_MAX)
        return none();
    decoding.cells = scratch(SCAN_CELLS(length) * sizeof(union scan_cell));
    if (!decoding.cells)
        return none();
    PyObject *result = NULL;
    if (scan_body(decoding.body, length, decoding.plan, decoding.cells, &decoding.scan))
        result = tuple_of(&decoding);
    end_scratch(decoding.cells);
    if (result)
        return result;
    PyErr_Clear();
    return none();
}

static PyObject *decode(PyObject *module, PyObject *arguments) {
    (void)module;
    Py_buffer body, plan;
    if (PyTuple_Size(arguments) != 2) {
        PyErr_SetString(PyExc_ValueError, "give body and plan");
        return NULL;
    }
    if (PyObject_GetBuffer(PyTuple_GetItem(arguments, 0), &body, BUFFER_SIMPLE) != 0)
        return NULL;
    PyObject *result = NULL;
    if (PyObject_GetBuffer(PyTuple_GetItem(arguments, 1), &plan, BUFFER_SIMPLE) == 0) {
        if (plan_is_sound(plan.buf, (size_t)plan.len))
            result = decode_covered(&body, &plan);
        else
            PyErr_SetString(PyExc_ValueError, "this is no plan");
        PyBuffer_Release(&plan);
    }
    PyBuffer_Release(&body);
    return result;
}

static PyMethodDef methods[] = {
    {"decode", decode, CALL_WITH_TUPLE,
     "(body, plan): (form, layout, rows, parts, index, params), or None where the plan does not "
     "cover the body."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef definition = {
    .reference_count = 1,
    .name = "_decoder",
    .documentation = "JSON bodies to typed columns.",
    .state_size = -1,
    .methods = methods,
};

__attribute__((visibility("default"))) PyObject *PyInit__decoder(void) {
    if (!python_is_known(Py_GetVersion())) {
        PyErr_SetString(PyExc_ImportError,
                        "cannot load '_decoder' in this interpreter: it knows CPython 3.6 to 3.13 "
                        "with the global interpreter lock");
        return NULL;
    }
    return PyModule_Create2(&definition, PYTHON_API);
}
