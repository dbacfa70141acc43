#include "bench/advise/command_advice.hpp"

#include "bench/programs/shell_words.hpp"
#include "bench/report/figures_text.hpp"
#include "bench/report/wrapped_text.hpp"
#include "sys/process.hpp"

#include <cmath>
#include <string_view>

#include <fmt/format.h>

namespace yoke::bench {
namespace {

constexpr double shortest = 0.02;  // below, starting the program is most of what is measured
constexpr double much_foreign = 0.1;

std::string number_of(std::size_t count, std::string_view word, std::string_view plural = "s") {
  return fmt::format("{} {}{}", count, word, count == 1 ? "" : plural);
}

struct shares {
  double busy;       ///< CPU time over wall time, alone
  double blocked;    ///< of one copy among many
  double system;     ///< of the CPU time
  double inflation;  ///< CPU time of a copy over that alone

  explicit shares(const command_trial& of)
      : busy{(of.alone.user + of.alone.system) / of.alone.wall},
        blocked{1 - (of.together.user + of.together.system) / of.together.wall},
        system{(of.together.user > 0 || of.together.system > 0)
                   ? of.together.system / (of.together.user + of.together.system)
                   : 0},
        inflation{(of.together.user + of.together.system) / (of.alone.user + of.alone.system)} {}
};

command_advice nothing(std::string evidence, std::string advice) {
  return {bound::unclear, std::move(evidence), "none", std::move(advice), unknown, false};
}

/// waited_asleep tells whether copies at once go to sleep more often than one alone, as for a lock, a file or a device.
/// Those that wait for a CPU are awake, or displaced.
bool waited_asleep(const command_trial& of) {
  const double more = of.together.voluntary_switches - of.alone.voluntary_switches;
  const double displaced = of.together.involuntary_switches - of.alone.involuntary_switches;
  return of.copies > 1 && more > 0.4 && more > 0.1 * of.alone.voluntary_switches && displaced < 10 * more;
}

/// was_displaced tells whether one alone waited for a CPU rather than for anything else.
bool was_displaced(const command_use& alone) {
  return alone.involuntary_switches > 10 * (alone.voluntary_switches + 1);
}

/// confidence falls with what may have disturbed, and with few rounds.
std::string confidence_of(const command_trial& of, double distance) {
  if (of.rounds < 2) return "low: it ran once only";
  if (std::isnan(of.foreign)) return "low: cannot tell who else ran, as /proc/stat cannot be read";
  if (of.foreign > 0.03) return fmt::format("low: other programs used {} of the CPUs", percent(of.foreign));
  return distance > 0.25 ? "high" : "medium: close to the limit of another answer";
}

}  // namespace

command_advice advise_command(const command_trial& of, double cpus) {
  if (of.failed_status != 0) {
    const std::string how = of.failed_signal != 0
                                ? fmt::format("it was ended by {}", detail::name_of_signal(of.failed_signal))
                                : fmt::format("it ended with status {}", of.failed_status);
    return nothing(fmt::format("{}{}", how, of.last_words.empty() ? "" : " and wrote: " + of.last_words),
                   "Make it succeed first: it gets no input here, and its output is dropped.");
  }
  if (of.alone.wall < shortest) {
    return nothing(
        fmt::format("it takes {}: too short to judge", seconds_text(of.alone.wall)),
        fmt::format(
            "Give it work for {} or more, a larger input for example. For many runs of a short command, start it "
            "once for many inputs.",
            seconds_text(0.2)));
  }
  const shares share{of};
  const double copies = of.copies;
  const std::string on_cpus = number_of(static_cast<std::size_t>(cpus), "CPU");
  const double gain = copies * of.alone.wall / of.together.wall;
  const auto said = [&](bound is, double distance, std::string evidence, std::string advice) {
    return command_advice{is, std::move(evidence), confidence_of(of, distance), std::move(advice), gain, true};
  };
  const auto disturbed = [&](std::string evidence, std::string_view cure) {
    return command_advice{
        bound::disturbed, std::move(evidence), {}, fmt::format("{}: no advice until then.", cure), gain, false};
  };
  if (of.foreign > much_foreign)
    return disturbed(fmt::format("other programs used {} of the CPUs meanwhile", percent(of.foreign)),
                     "Find a quiet machine, or end what else runs, and ask again");
  const std::string_view no_cpu_cure =
      "Find a quiet machine, end what else runs, or raise the control group's CPU quota, and ask again";
  if (share.busy > 1.25)
    return said(bound::cpu, share.busy - 1.25,
                fmt::format("alone it keeps {:.1f} CPUs busy: it is parallel already", share.busy),
                "Run one at a time and let it use all CPUs, or set it to one thread (OMP_NUM_THREADS=1, -j1) and run "
                "one per CPU: measure both.");
  if (share.busy < 0.7 && was_displaced(of.alone))
    return disturbed(fmt::format("alone it waited for a CPU {} of its time: it was displaced {} times, and slept {}",
                                 percent(1 - share.busy), number_text(of.alone.involuntary_switches),
                                 number_text(of.alone.voluntary_switches)),
                     no_cpu_cure);
  if (share.busy < 0.7)
    return said(bound::latency, 0.7 - share.busy,
                fmt::format("alone it computes {} of its time and waits for the rest", percent(share.busy)),
                gain > 0.8 * copies
                    ? fmt::format("It waits rather than computes. {} at once got {:.2f} times as much done: run more "
                                  "of them than CPUs, or "
                                  "use asynchronous I/O or threads inside; worker processes of its own buy nothing.",
                                  of.copies, gain)
                    : fmt::format("It waits, and {} at once got only {:.2f} times as much done: they wait for the same "
                                  "thing, a disk, a "
                                  "server or a lock. More CPUs do not help; look at what it waits for.",
                                  of.copies, gain));
  if (copies > cpus && cpus > 1)
    return said(bound::oversubscribed, 1, fmt::format("{} copies that compute, on {}", of.copies, on_cpus),
                fmt::format("Run {} at once, one per CPU; yoke advise -j {} tells how they get on.", cpus, cpus));
  if (copies > cpus)
    return share.system >= 0.3
               ? said(bound::kernel, share.system - 0.3,
                      fmt::format("{} of the CPU time is in the kernel", percent(share.system)),
                      "There is one CPU to run on, so that neither copies nor threads help: ask the kernel less often, "
                      "with larger reads and fewer files or mappings.")
               : said(bound::cpu, share.busy - 0.7, fmt::format("it computes {} of its time", percent(share.busy)),
                      "There is one CPU to run on, so that neither copies nor threads help: run one at a time. "
                      "More CPUs, or less to compute, make it faster.");
  const bool waits = share.blocked >= 0.2 && share.inflation < 1.3;
  if (waits && !waited_asleep(of))
    return disturbed(fmt::format("alone it computes {} of its time, {} at once wait {} without sleeping more often: "
                                 "they waited for a CPU",
                                 percent(share.busy), of.copies, percent(share.blocked)),
                     no_cpu_cure);
  if (waits)
    return said(
        bound::lock, share.blocked - 0.2,
        fmt::format("alone it computes {} of its time, {} at once wait {}", percent(share.busy), of.copies,
                    percent(share.blocked)),
        "The copies wait for each other: for a lock, a file or a device they share. Give each its own, or run one.");
  if (share.system >= 0.3)
    return said(
        bound::kernel, share.system - 0.3,
        fmt::format("{} of the CPU time is in the kernel; that of a copy grows {:.2f} times", percent(share.system),
                    share.inflation),
        share.inflation < 1.2
            ? fmt::format("Run {} at once as processes: {:.2f} times as much got done. Threads inside one process "
                          "would queue for "
                          "the kernel's memory map lock.",
                          of.copies, gain)
            : std::string{
                  "The copies queue in the kernel: ask it less often, with larger reads and fewer files or mappings."});
  if (share.inflation >= 1.3)
    return said(bound::contention, share.inflation - 1.3,
                fmt::format("a copy takes {:.2f} times the CPU time when {} run at once", share.inflation, of.copies),
                fmt::format("They share memory bandwidth, caches or cores: {} at once got {:.2f} times as much done. "
                            "Try fewer copies; smaller "
                            "data per copy helps most.",
                            of.copies, gain));
  if (of.copies == 1)
    return said(bound::cpu, share.busy - 0.7, fmt::format("it computes {} of its time", percent(share.busy)),
                cpus > 1 ? fmt::format("Run one per CPU; yoke advise -j {} tells how they get on.", cpus)
                         : std::string{"There is one CPU to run on: run one at a time."});
  return said(
      bound::cpu, gain / copies - 0.7,
      fmt::format(
          "it computes {} of its time, and {} copies are no hindrance to each other ({:.2f} times the CPU time)",
          percent(share.busy), of.copies, share.inflation),
      fmt::format("Run one per CPU: {} at once got {:.2f} times as much done. If its inputs are separate files, "
                  "`xargs -P {}` or GNU parallel does that; inside one program, yoke::pool's processes do.",
                  of.copies, gain, of.copies));
}

std::string command_text(const command_trial& of, const command_advice& with) {
  std::string out = wrapped(shell_words(of.command), 2) + "\n\n";
  if (of.failed_status == 0) {
    out += fmt::format("{:<24}{:>14}{:>20}\n", "", "alone", fmt::format("each of {} at once", of.copies));
    const auto row = [&](const char* name, const std::string& alone, const std::string& together) {
      out += fmt::format("{:<24}{:>14}{:>20}\n", name, alone, together);
    };
    const command_use& a = of.alone;
    const command_use& t = of.together;
    row("wall time", seconds_text(a.wall), seconds_text(t.wall));
    row("user", seconds_text(a.user), seconds_text(t.user));
    row("system", seconds_text(a.system), seconds_text(t.system));
    row("switches: waited", number_text(a.voluntary_switches), number_text(t.voluntary_switches));
    row("switches: displaced", number_text(a.involuntary_switches), number_text(t.involuntary_switches));
    row("read, written", fmt::format("{}, {}", bytes_text(a.read), bytes_text(a.written)),
        fmt::format("{}, {}", bytes_text(t.read), bytes_text(t.written)));
    row("blocks of devices", number_text(a.blocks), number_text(t.blocks));
    row("peak memory", bytes_text(a.memory), bytes_text(t.memory));
    out += '\n';
  }
  if (of.left_running > 0)
    out += wrapped(fmt::format("{} that it had left running {} ended.", number_of(of.left_running, "process", "es"),
                               of.left_running == 1 ? "was" : "were"),
                   2) +
           "\n\n";
  out +=
      wrapped(fmt::format("{}: {}.", with.is == bound::unclear ? "no verdict" : to_string(with.is), with.evidence), 2) +
      '\n';
  if (with.judged) out += "confidence " + with.confidence + '\n';
  return out + "\n" + wrapped("-> " + with.advice, 3) + '\n';
}

}  // namespace yoke::bench
