// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// The few declarations of Python's C interface that the extension uses, written out.
//
// Without Python.h one shared object loads in every CPython from 3.6 to 3.13: each function and
// structure here is the same in all of them. Free-threaded builds and later versions lay objects
// out differently; the extension refuses those by name before it touches any structure.
//
// Source: Include/object.h, Include/moduleobject.h and Include/methodobject.h of CPython 3.6 and
// 3.13.
#ifndef SCOREKEEPER_PYTHON_ABI_H
#define SCOREKEEPER_PYTHON_ABI_H

#include <stdbool.h>
#include <stddef.h>

#define PYTHON_OLDEST 6
#define PYTHON_NEWEST 13

// PYTHON_API_VERSION, METH_VARARGS, METH_NOARGS, METH_O, PyBUF_SIMPLE, PyBUF_READ.
#define PYTHON_API 1013
#define CALL_WITH_TUPLE 1
#define CALL_WITH_NOTHING 4
#define CALL_WITH_ONE 8
#define BUFFER_SIMPLE 0
#define BUFFER_READ 0x100

typedef struct _object PyObject;
typedef ptrdiff_t Py_ssize_t;
typedef struct _ts PyThreadState;
typedef PyObject *(*PyCFunction)(PyObject *, PyObject *);

typedef struct {
    void *buf;
    PyObject *obj;
    Py_ssize_t len;
    Py_ssize_t itemsize;
    int readonly;
    int ndim;
    char *format;
    Py_ssize_t *shape;
    Py_ssize_t *strides;
    Py_ssize_t *suboffsets;
    void *internal;
} Py_buffer;

typedef struct {
    const char *name;
    PyCFunction function;
    int flags;
    const char *documentation;
} PyMethodDef;

typedef struct {
    Py_ssize_t reference_count;
    void *type;
    PyObject *(*init)(void);
    Py_ssize_t index;
    PyObject *copy;
    const char *name;
    const char *documentation;
    Py_ssize_t state_size;
    PyMethodDef *methods;
    void *slots;
    void *traverse;
    void *clear;
    void *release;
} PyModuleDef;

extern PyObject _Py_NoneStruct;
extern PyObject *PyExc_EOFError;
extern PyObject *PyExc_ImportError;
extern PyObject *PyExc_OSError;
extern PyObject *PyExc_RuntimeError;
extern PyObject *PyExc_ValueError;

const char *Py_GetVersion(void);
PyObject *PyModule_Create2(PyModuleDef *definition, int api);
void Py_IncRef(PyObject *object);
void Py_DecRef(PyObject *object);

PyThreadState *PyEval_SaveThread(void);
void PyEval_RestoreThread(PyThreadState *state);

void PyErr_SetString(PyObject *type, const char *text);
PyObject *PyErr_Occurred(void);
void PyErr_Clear(void);
int PyErr_CheckSignals(void);

PyObject *PyBool_FromLong(long value);
long PyLong_AsLong(PyObject *number);
PyObject *PyLong_FromLong(long value);
PyObject *PyLong_FromLongLong(long long value);
PyObject *PyLong_FromUnsignedLongLong(unsigned long long value);
unsigned long long PyLong_AsUnsignedLongLong(PyObject *number);
long long PyLong_AsLongLong(PyObject *number);
double PyFloat_AsDouble(PyObject *number);

PyObject *PyBytes_FromStringAndSize(const char *bytes, Py_ssize_t length);
PyObject *PyByteArray_FromStringAndSize(const char *bytes, Py_ssize_t length);
char *PyByteArray_AsString(PyObject *array);
PyObject *PyUnicode_DecodeUTF8(const char *bytes, Py_ssize_t length, const char *errors);
const char *PyUnicode_AsUTF8AndSize(PyObject *text, Py_ssize_t *length);

void *PyMem_RawMalloc(size_t size);
void PyMem_RawFree(void *memory);

PyObject *PyMemoryView_FromObject(PyObject *object);
PyObject *PyMemoryView_FromMemory(char *memory, Py_ssize_t length, int flags);
int PyObject_GetBuffer(PyObject *object, Py_buffer *buffer, int flags);
void PyBuffer_Release(Py_buffer *buffer);
PyObject *PyObject_CallMethod(PyObject *object, const char *method, const char *format, ...);

PyObject *PyList_New(Py_ssize_t length);
int PyList_SetItem(PyObject *list, Py_ssize_t index, PyObject *item);
PyObject *PyTuple_New(Py_ssize_t length);
Py_ssize_t PyTuple_Size(PyObject *tuple);
PyObject *PyTuple_GetItem(PyObject *tuple, Py_ssize_t index);
int PyTuple_SetItem(PyObject *tuple, Py_ssize_t index, PyObject *item);

// "3.11.2 (main, ...)": whether the objects of this interpreter are laid out as we think.
static inline bool python_is_known(const char *version) {
    if (version[0] != '3' || version[1] != '.')
        return false;
    int minor = 0;
    const char *digit = version + 2;
    for (; *digit >= '0' && *digit <= '9'; digit++)
        minor = 10 * minor + (*digit - '0');
    for (const char *rest = digit; *rest; rest++)
        if (rest[0] == 'f' && rest[1] == 'r' && rest[2] == 'e' && rest[3] == 'e' && rest[4] == '-')
            return false;
    return minor >= PYTHON_OLDEST && minor <= PYTHON_NEWEST;
}

#endif
