#pragma once

#include <cstdint>

extern "C" {

/// yoke_interpreter_run runs one item in the process's one Python interpreter, which it starts when it is first needed.
/// It lives in a library of its own, yoke_interpreter.so, so that nothing else depends on Python. Returns the item's
/// result; 0 stands for an error in the interpreter.
std::uint64_t yoke_interpreter_run(std::uint64_t item);
}
