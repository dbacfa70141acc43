#pragma once

#include <cstdint>

namespace yoke::detail {

/// call_place is where an address lies in the program.
struct call_place {
  const char* file = nullptr;      ///< null where nobody knows
  const char* function = nullptr;  ///< as the file exports it, mangled; null where it does not
  std::uintptr_t offset = 0;       ///< from the beginning of the function, else of the file
};

/// place_of finds where `address` lies. It takes no lock, as dladdr() does, so a signal handler may call it.
call_place place_of(std::uintptr_t address);

}  // namespace yoke::detail
