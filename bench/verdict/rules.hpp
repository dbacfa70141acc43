#pragma once

#include "bench/verdict/symptoms.hpp"

#include <array>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace yoke::bench {

/// bound says what keeps a workload from going faster.
enum class bound : unsigned char {
  disturbed,
  oversubscribed,
  too_fine,
  starved,
  imbalanced,
  latency,
  lock,
  contention,
  kernel,
  cpu,
  unclear,
};

/// to_string returns a word or two for people: "CPU bound", "lock bound", "disturbed".
std::string_view to_string(bound value);

/// rule is one step of the classification. The first of `rules` that holds is the answer.
struct rule {
  bound names;
  std::string_view condition;  ///< in words, with its numbers: for the method section
  bool (*holds)(const symptoms&);
  std::string (*evidence)(const symptoms&);
  std::string (*advice)(const symptoms&);
};

/// rules are the rules in their order.
std::span<const rule> rules();

/// first_that_holds returns the rule that applies, or null: unclear.
const rule* first_that_holds(const symptoms& of);

}  // namespace yoke::bench
