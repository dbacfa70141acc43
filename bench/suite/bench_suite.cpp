#include <yoke/detail/vector_sink.hpp>

#include "bench/measure_loads.hpp"
#include "bench/workloads/digest.hpp"
#include "common/command_error.hpp"
#include "common/messages.hpp"
#include "common/standard_streams.hpp"

#include <algorithm>
#include <exception>
#include <filesystem>
#include <stdexcept>

#include <sys/prctl.h>
#include <yoke_bench.hpp>

namespace yoke {
inline namespace v0 {

struct bench_suite::loads {
  std::vector<bench::workload> all;

  static std::uint64_t hash_of(const answer& results) {
    detail::vector_sink bytes;
    results(bytes);
    return bench::digest_of_bytes({bytes.data(), bytes.size()});
  }
};

bench_suite::bench_suite() : loads_{std::make_unique<loads>()} {}
bench_suite::~bench_suite() = default;

void bench_suite::add_load(const std::string& name, std::uint64_t items, std::function<answer()> serial,
                           std::function<answer(pool&)> pooled) {
  if (name.empty() || name == "all" || name.find_first_of(", \t\n") != std::string::npos)
    throw std::invalid_argument{"bench_suite::add: '" + name + "' is no name; use a word without commas"};
  if (std::ranges::find(loads_->all, name, &bench::workload::name) != loads_->all.end())
    throw std::invalid_argument{"bench_suite::add: there is a '" + name + "' already; use another name"};
  if (items == 0) throw std::invalid_argument{"bench_suite::add: '" + name + "' has no items to measure"};
  bench::workload load;
  load.name = name;
  load.summary = "a function of this program";
  load.family = "user";
  load.items = [items](bench::problem_size /*size*/) { return items; };
  load.serial = [serial = std::move(serial)](bench::amount /*of*/) { return bench::result_of(serial, loads::hash_of); };
  load.pooled = [pooled = std::move(pooled)](bench::amount /*of*/, pool& workers) {
    return bench::result_of([&] { return pooled(workers); }, loads::hash_of);
  };
  loads_->all.push_back(std::move(load));
}

int bench_suite::main(int argc, char** argv) {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);  // what a repetition leaves behind is ours to reap
  const std::string name = argc > 0 ? std::filesystem::path{argv[0]}.filename().string() : "benchmark";
  try {
    cli::keep_standard_streams_apart();
    return cli::measure_loads({.command = name, .all = loads_->all, .quick = {}, .own = true},
                              {argv, static_cast<std::size_t>(argc)});
  } catch (const cli::command_error& error) {
    cli::complain(name, error.what());
    return static_cast<int>(error.status());
  } catch (const std::exception& error) {
    cli::complain(name, error.what());
    return static_cast<int>(cli::exit_status::input_output);
  }
}

}  // namespace v0
}  // namespace yoke
