// The yoke command against the system's own tools on a large file, and what it holds in memory on a larger stream.
#include "bench/support/child.hpp"
#include "bench/support/descendants.hpp"
#include "bench/support/memory.hpp"
#include "bench/support/program.hpp"
#include "bench/support/rounds.hpp"
#include "bench/support/scratch_file.hpp"
#include "bench/support/table.hpp"
#include "sys/error.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace yoke::bench;
using yoke::detail::check;
using yoke::detail::file_descriptor;

constexpr const char* last_number = "50000000";
constexpr std::uint64_t stream_bytes = std::uint64_t{4} << 30;
constexpr double most_memory = 128 << 20;

struct figure {
  std::string name;
  command ours, theirs;
  target wanted;  ///< of their time over ours
};

double seconds_and_answer(const command& what, const std::string& file, std::string& answer) {
  timed_run done = run(what);
  if (done.words.ends_with(file)) done.words.resize(done.words.size() - file.size() - 1);
  answer = done.words;
  return done.seconds;
}

void compare(const figure& each, const std::string& file, int rounds, const table& into) {
  std::string ours;
  std::string theirs;
  const auto measured = interleaved(rounds, {[&] { return seconds_and_answer(each.ours, file, ours); },
                                             [&] { return seconds_and_answer(each.theirs, file, theirs); }});
  if (ours != theirs) {
    throw std::runtime_error(fmt::format("{}: yoke says '{}', {} says '{}'", each.name, ours, each.theirs[0], theirs));
  }
  into.row(each.name + ", yoke", measured[0], unit::seconds);
  into.row(each.name + ", " + each.theirs[0], measured[1], unit::seconds);
  into.row(each.name + ": how many times faster", measured[1] / measured[0], unit::times, each.wanted);
}

/// text is a mebibyte of numbered lines, to be written over and over.
std::string text() {
  std::string block;
  for (int number = 1'000'000; block.size() < (1 << 20); ++number)
    block += fmt::format("line {} of a stream\n", number);
  block.resize(1 << 20);
  block.back() = '\n';
  return block;
}

/// stream forks a child that writes the block into `to` until `stream_bytes` are written.
pid_t stream(const std::string& block, int to, int not_ours) {
  const pid_t writer = check(::fork(), "fork of the stream's writer");
  if (writer != 0) return writer;
  ::close(not_ours);
  std::signal(SIGPIPE, SIG_DFL);
  for (std::uint64_t left = stream_bytes; left > 0;) {
    const ssize_t written = ::write(to, block.data() + (stream_bytes - left) % block.size(),
                                    block.size() - (stream_bytes - left) % block.size());
    if (written < 0) ::_exit(1);
    left -= static_cast<std::uint64_t>(written);
  }
  ::_exit(0);
}

void measure_memory(const std::string& yoke, const table& into) {
  constexpr std::chrono::milliseconds between_samples{5};
  const std::string block = text();
  int ends[2];
  check(::pipe2(ends, O_CLOEXEC), "pipe for the stream");
  file_descriptor in{ends[0]};
  file_descriptor out{ends[1]};
  check(::fcntl(out.get(), F_SETPIPE_SZ, 1 << 20), "F_SETPIPE_SZ");

  adopt_orphans();
  const pid_t writer = stream(block, out.get(), in.get());
  out.reset();
  const output printed;
  double peak = 0;
  const double seconds = seconds_of([&] {
    child counting{{yoke, "map", "wc"}, in.get(), printed.descriptor()};
    in.reset();
    while (!counting.ended()) {
      peak = std::max(peak, descendants_memory(writer));
      std::this_thread::sleep_for(between_samples);
    }
  });
  int status = 0;
  check(::waitpid(writer, &status, 0), "waitpid for the stream's writer");

  const std::uint64_t blocks = stream_bytes / block.size();
  const auto lines = static_cast<std::uint64_t>(std::count(block.begin(), block.end(), '\n'));
  if (!printed.words().starts_with(fmt::format("{} ", blocks * lines)) ||
      !printed.words().ends_with(fmt::format(" {}", stream_bytes))) {
    throw std::runtime_error("wc of the stream is wrong: " + printed.words());
  }
  samples memory;
  memory.add(peak);
  samples time;
  time.add(seconds);
  into.row("wc of a 4 GiB stream, yoke", time, unit::seconds);
  into.row("wc of a 4 GiB stream: peak memory", memory, unit::bytes, at_most(most_memory));
}

void make_numbers(const std::string& file) {
  const file_descriptor out{check(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600), file)};
  child{{"seq", last_number}, -1, out.get()}.wait();
}

void measure(int rounds) {
  const std::string yoke = program_beside("yoke").string();
  if (!std::filesystem::exists(yoke)) {
    throw std::runtime_error("no yoke beside this program: build the target yoke_cli");
  }
  ::setenv("LC_ALL", "C", 1);
  const table figures{fmt::format("bench_cli: seq {} from the page cache, {} rounds", last_number, rounds),
                      "./dev bench cli [ROUNDS]"};
  {
    const scratch_file numbers{"yoke-bench"};
    const std::string& file = numbers.path();
    make_numbers(file);
    for (const figure& each : {
             figure{"wc", {yoke, "map", "wc", file}, {"wc", file}, at_least(4)},
             figure{"grep -c 777", {yoke, "map", "grep", "-c", "777", file}, {"grep", "-c", "777", file}, at_least(1)},
             figure{"grep -c '7[0-9]7$'",
                    {yoke, "map", "grep", "-c", "7[0-9]7$", file},
                    {"grep", "-cE", "7[0-9]7$", file},
                    at_least(1)},
         }) {
      compare(each, file, rounds, figures);
    }
  }
  measure_memory(yoke, figures);
}

}  // namespace

int main(int argc, char** argv) { return run_benchmark(argc, argv, 5, measure); }
