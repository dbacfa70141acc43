#pragma once

#include <yoke/backend.hpp>

#include "common/command_line.hpp"
#include "common/when.hpp"
#include "workers/kernels/kernel.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace yoke::cli {

/// map_request is the command line of `yoke map`, checked: what to run, on what, and how.
struct map_request {
  std::unique_ptr<kernels::kernel> kernel;
  std::vector<std::string> inputs;  ///< file names; "-" is stdin; never empty
  std::string output;               ///< file name; empty is stdout
  yoke::backend backend = yoke::backend::processes;
  int workers = 1;
  std::size_t block = 0;  ///< bytes; 0 means that the size of the input decides
  bool ordered = true;
  std::uint32_t attempts = 3;           ///< runs a record has that crashes its worker
  std::chrono::nanoseconds timeout{0};  ///< how long a block may take; 0 means for ever
  std::size_t memory_per_worker = 0;    ///< bytes; 0 means no limit
  std::string failed;                   ///< file name for the records that failed; empty for none
  std::string trace;                    ///< file name for the time line of blocks; empty for none
  when progress = when::automatic;
  bool quiet = false;
  std::string help;  ///< what to print instead of running, where help was asked for
};

/// map_flags is the option table of `yoke map`.
std::span<const flag> map_flags();

/// parse_map reads what stands behind `yoke map`; arguments[0] is skipped. Throws usage_error.
map_request parse_map(std::span<char*> arguments);

}  // namespace yoke::cli
