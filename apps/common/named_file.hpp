#pragma once

#include <span>
#include <string>

namespace yoke::cli {

/// named_file is a file on a command line, to be read or written.
struct named_file {
  std::string by;    ///< the option that names it, or what it is: "--json", "the input"
  std::string name;  ///< empty where there is none
  bool written = true;
};

/// check_apart throws usage_error where a file would be written that another of `files` names, too: it would be lost.
/// A "-" is standard input where it is read, and standard output where it is written. That, and devices, may be written
/// by several.
void check_apart(std::span<const named_file> files);

}  // namespace yoke::cli
