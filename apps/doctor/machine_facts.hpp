#pragma once

#include <string>
#include <vector>

namespace yoke::cli {

/// fact is one line of a check-up: what was looked at, what was found and, where that spells trouble, what to do.
struct fact {
  std::string name;
  std::string finding;
  std::string advice;  ///< empty where all is well
};

/// machine_facts looks at CPUs, memory, kernel and limits. It starts nothing.
std::vector<fact> machine_facts();

}  // namespace yoke::cli
