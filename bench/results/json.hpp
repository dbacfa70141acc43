#pragma once

#include "bench/results/results.hpp"

#include <stdexcept>
#include <string>
#include <string_view>

namespace yoke::bench {

/// results_error says what is wrong with a file of results: its name, the place in it, and what to do.
class results_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// to_json writes results in the native format, which bench/results/schema.json describes. NaN and infinity become
/// null.
std::string to_json(const results& from);

/// from_json reads the native format. `name` is the file's name, for messages. Members that it does not know are
/// skipped. Throws results_error for a text that is cut off or no JSON, of another schema version, that lacks a member,
/// or has one of a wrong type or out of range.
results from_json(std::string_view text, const std::string& name);

/// read_results reads a file in the native format. Throws results_error.
results read_results(const std::string& path);

/// read_results reads what is left of an open file, a pipe or a socket; `name` is for messages. Throws results_error.
results read_results(int descriptor, const std::string& name);

}  // namespace yoke::bench
