#include "bench/workloads/interpreter.hpp"

#include <mutex>

#include <Python.h>

namespace {

constexpr const char* program = R"(
def longest(item):
    best = 0
    for start in range(200 * item + 1, 200 * item + 101):
        number, steps = start, 1
        while number != 1:
            number = number // 2 if number % 2 == 0 else 3 * number + 1
            steps += 1
        best = max(best, steps)
    return best
)";

PyObject* longest = nullptr;

/// Leaves the interpreter without its lock, for whoever calls next.
void start() {
  PyConfig config;
  PyConfig_InitIsolatedConfig(&config);
  config.site_import = 0;
  config.install_signal_handlers = 0;
  const PyStatus status = Py_InitializeFromConfig(&config);
  PyConfig_Clear(&config);
  if (PyStatus_Exception(status) != 0) return;
  PyObject* const names = PyDict_New();
  PyObject* const done = names == nullptr ? nullptr : PyRun_String(program, Py_file_input, names, names);
  if (done != nullptr) longest = PyDict_GetItemString(names, "longest");
  if (longest == nullptr) PyErr_Print();
  Py_XINCREF(longest);
  Py_XDECREF(done);
  PyEval_SaveThread();
}

}  // namespace

extern "C" __attribute__((visibility("default"))) std::uint64_t yoke_interpreter_run(std::uint64_t item) {
  static std::once_flag started;
  std::call_once(started, start);
  if (longest == nullptr) return 0;
  const PyGILState_STATE before = PyGILState_Ensure();
  std::uint64_t result = 0;
  PyObject* const value = PyObject_CallFunction(longest, "K", static_cast<unsigned long long>(item));
  if (value == nullptr) {
    PyErr_Print();
  } else {
    result = PyLong_AsUnsignedLongLong(value);
    Py_DECREF(value);
  }
  PyGILState_Release(before);
  return result;
}
