#include "bench/advise/command_trial.hpp"

#include "bench/advise/foreign_load.hpp"
#include "bench/programs/group_keeper.hpp"
#include "bench/programs/left_overs.hpp"
#include "bench/programs/started_program.hpp"
#include "bench/programs/stop_signals.hpp"
#include "bench/statistics/sample.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>

#include <unistd.h>

namespace yoke::bench {
namespace {

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

command_use use_of(const program_end& end) {
  constexpr double kilobyte = 1024;
  return {.wall = end.wall,
          .user = seconds(end.used.ru_utime),
          .system = seconds(end.used.ru_stime),
          .voluntary_switches = static_cast<double>(end.used.ru_nvcsw),
          .involuntary_switches = static_cast<double>(end.used.ru_nivcsw),
          .major_faults = static_cast<double>(end.used.ru_majflt),
          .blocks = static_cast<double>(end.used.ru_inblock + end.used.ru_oublock),
          .read = end.read,
          .written = end.written,
          .memory = static_cast<double>(end.used.ru_maxrss) * kilobyte};
}

constexpr double command_use::*members[] = {&command_use::wall,
                                            &command_use::user,
                                            &command_use::system,
                                            &command_use::voluntary_switches,
                                            &command_use::involuntary_switches,
                                            &command_use::major_faults,
                                            &command_use::blocks,
                                            &command_use::read,
                                            &command_use::written,
                                            &command_use::memory};

/// median_use takes the median of each member by itself.
command_use median_use(const std::vector<command_use>& of) {
  command_use found;
  for (const auto member : members) {
    std::vector<double> values;
    values.reserve(of.size());
    for (const command_use& each : of) values.push_back(each.*member);
    found.*member = median(values);
  }
  return found;
}

std::string end_of(const std::string& text) {
  constexpr std::size_t most = 400;
  const auto last = text.find_last_not_of(" \n");
  const std::string whole = last == text.npos ? "" : text.substr(0, last + 1);
  return whole.size() <= most ? whole : "..." + whole.substr(whole.size() - most);
}

/// kept_groups are kept for as long as it lives.
class kept_groups {
 public:
  explicit kept_groups(const group_keeper& by) : by_{by} {}
  kept_groups(const kept_groups&) = delete;
  kept_groups& operator=(const kept_groups&) = delete;
  ~kept_groups() {
    for (const pid_t each : groups_) by_.forget(each);
  }
  void add(pid_t group) {
    groups_.push_back(group);
    by_.keep(group);
  }

 private:
  const group_keeper& by_;
  std::vector<pid_t> groups_;
};

class trial {
 public:
  explicit trial(command_trial& into) : into_{into} {}

  /// run runs so many copies at once and returns the mean of what they used; false once one has failed.
  bool run(int copies, std::vector<command_use>& uses) {
    const auto words = memory_file();
    std::vector<started_program> running;
    running.reserve(static_cast<std::size_t>(copies));
    kept_groups kept{keeper_};
    for (int i = 0; i < copies; ++i) {
      running.emplace_back(into_.command, program_streams{.err = words.get(), .folder = {}, .own_session = true});
      kept.add(running.back().pid());
    }
    command_use sum;
    double wall = 0;
    for (started_program& each : running) {
      while (!each.ended_before(stops_.watch()))
        if (const auto stop = stops_.take()) return end_all(running, stop->number), false;
      const program_end end = each.finish();
      wall = std::max(wall, end.wall);
      if (end.status != 0 && into_.failed_status == 0) {
        into_.failed_status = end.status;
        into_.failed_signal = end.signal;
        into_.last_words = end_of(text_of(words));
      }
      const command_use used = use_of(end);
      for (const auto member : members) sum.*member += used.*member / copies;
      spent_ += used.user + used.system;
    }
    into_.left_running += left_.end();
    sum.wall = wall;
    uses.push_back(sum);
    return into_.failed_status == 0;
  }

  [[nodiscard]] double spent() const { return spent_; }

 private:
  /// end_all asks them to end; those that have not when it is over, or the next signal comes, are killed.
  void end_all(std::vector<started_program>& running, int signal) {
    constexpr std::chrono::milliseconds patience{1000};
    into_.stopped_by = signal;
    for (const started_program& each : running) each.send(signal);
    const auto end = std::chrono::steady_clock::now() + patience;
    for (const started_program& each : running) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
      if (!each.ended_before(stops_.watch(), std::max(left, std::chrono::milliseconds{0}))) break;
    }
    while (stops_.take()) continue;
    running.clear();
    static_cast<void>(left_.end());
  }

  command_trial& into_;
  double spent_ = 0;
  stop_signals stops_;
  group_keeper keeper_;
  left_overs left_;  // the keeper is none of them
};

}  // namespace

command_trial try_command(const std::vector<std::string>& command, int copies) {
  command_trial made{.command = command, .copies = copies, .alone = {}, .together = {}, .last_words = {}};
  std::vector<command_use> alone;
  std::vector<command_use> together;
  trial runs{made};
  const double busy = taken_seconds("/proc/stat");
  const auto begun = std::chrono::steady_clock::now();
  int rounds = 3;
  for (int round = 0; round < rounds; ++round) {
    if (!runs.run(1, alone) || !runs.run(copies, together)) break;
    made.rounds = round + 1;
    if (alone.back().wall > 5) rounds = alone.back().wall > 20 ? 1 : 2;
  }
  const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  const auto cpus = static_cast<double>(std::max(1L, ::sysconf(_SC_NPROCESSORS_ONLN)));
  made.foreign = foreign_share(taken_seconds("/proc/stat") - busy, runs.spent(), wall * cpus);
  if (!alone.empty()) made.alone = median_use(alone);
  if (!together.empty()) made.together = median_use(together);
  return made;
}

}  // namespace yoke::bench
