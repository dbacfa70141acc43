#include "bench/verdict/rules.hpp"

#include "bench/report/figures_text.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

namespace yoke::bench {
namespace {

constexpr double large_item = 4096;

std::string_view other_kind(const symptoms& s) { return s.kind == backend::threads ? "processes" : "threads"; }

std::string shares_blocked(const symptoms& s) {
  return fmt::format("blocked {} of the time inside tasks with 1 worker, {} with {}", percent(s.blocked_one),
                     percent(s.blocked), s.workers);
}

constexpr std::array all_rules{
    rule{bound::disturbed, "others used more than 3 % of the CPUs, or the hypervisor withheld more than 1 %",
         [](const symptoms& s) { return s.steal > most_steal || s.foreign > most_foreign; },
         [](const symptoms& s) {
           return fmt::format("other programs used {} of the CPUs, the hypervisor withheld {}", percent(s.foreign),
                              percent(s.steal));
         },
         [](const symptoms&) {
           return std::string{"Find a quiet machine, or end what else runs, and measure again: no verdict until then."};
         }},
    rule{bound::oversubscribed, "more workers than CPUs", [](const symptoms& s) { return s.workers > s.cpus; },
         [](const symptoms& s) { return fmt::format("{} workers on {} CPUs", s.workers, s.cpus); },
         [](const symptoms& s) { return fmt::format("Use {} workers, one per CPU.", s.cpus); }},
    rule{
        bound::too_fine, "an item takes less than 10 times the CPU time of dispatching it",
        [](const symptoms& s) { return s.task < 10 * s.dispatch; },
        [](const symptoms& s) {
          return fmt::format("an item takes {}, dispatching it {}{}", seconds_text(s.task), seconds_text(s.dispatch),
                             s.bytes > large_item ? fmt::format(", with {} copied", bytes_text(s.bytes)) : "");
        },
        [](const symptoms& s) {
          return s.bytes > large_item
                     ? std::string{"Copying costs more than computing: return less, or use threads, which do not copy."}
                     : std::string{"Batch: give each task more to do, or let the engine choose chunks."};
        }},
    rule{bound::starved, "workers wait for work more than 15 % of the time",
         [](const symptoms& s) { return s.waiting > 0.15; },
         [](const symptoms& s) { return fmt::format("workers wait for work {} of the time", percent(s.waiting)); },
         [](const symptoms&) { return std::string{"Send larger chunks, or read the input in parallel."}; }},
    rule{bound::imbalanced, "load balance below 0.85", [](const symptoms& s) { return s.load_balance < 0.85; },
         [](const symptoms& s) {
           return fmt::format("the mean worker is busy {} as long as the busiest", percent(s.load_balance));
         },
         [](const symptoms&) { return std::string{"Make the last chunks smaller, or start with the longest items."}; }},
    rule{bound::latency, "blocked 30 % or more of the time already with 1 worker",
         [](const symptoms& s) { return s.blocked_one >= 0.3; }, shares_blocked,
         [](const symptoms&) {
           return std::string{
               "It waits rather than computes: use asynchronous I/O or many threads; processes buy nothing."};
         }},
    rule{bound::lock,
         "blocked at most 10 % with 1 worker, 20 % or more with N, half a switch an item or more, hardly faster with N",
         [](const symptoms& s) {
           return s.blocked_one <= 0.1 && s.blocked >= 0.2 && s.switches >= 0.5 && s.speedup < 0.75 * s.workers &&
                  s.system < 0.3;
         },
         [](const symptoms& s) {
           return fmt::format("{}, {:.1f} switches an item, {:.2f} x as fast", shares_blocked(s), s.switches,
                              s.speedup);
         },
         [](const symptoms&) {
           return std::string{
               "Workers queue for one lock: hold it shorter, split it, or give each worker its own copy."};
         }},
    rule{bound::contention, "the CPU time of an item grows 1.3 times or more, blocked less than 10 %, in user mode",
         [](const symptoms& s) { return s.inflation >= 1.3 && s.blocked < 0.1 && s.system < 0.3; },
         [](const symptoms& s) {
           return fmt::format("an item takes {:.2f} times the CPU time with {} workers, blocked {}", s.inflation,
                              s.workers, percent(s.blocked));
         },
         [](const symptoms&) {
           return std::string{
               "Workers hinder each other: look for spinning, false sharing, or memory bandwidth at its end."};
         }},
    rule{bound::kernel, "30 % or more of the CPU time is in the kernel",
         [](const symptoms& s) { return s.system >= 0.3; },
         [](const symptoms& s) {
           return fmt::format(
               "{} of the CPU time is in the kernel; an item's grows {:.2f} times{}", percent(s.system), s.inflation,
               std::isnan(s.other_inflation) ? std::string{}
                                             : fmt::format(", with {} {:.2f} times", other_kind(s), s.other_inflation));
         },
         [](const symptoms& s) {
           const bool of_threads = s.kind == backend::threads;
           const double inflation_ratio =
               of_threads ? s.inflation / s.other_inflation : s.other_inflation / s.inflation;
           const double speed_ratio = of_threads ? s.speedup / s.other_speedup : s.other_speedup / s.speedup;
           return inflation_ratio > 1.15 || speed_ratio < 0.9
                      ? std::string{"Threads queue for the kernel's memory map lock: use processes, which have one each."}
                      : std::string{"Ask the kernel less often: reuse memory, larger reads, fewer system calls."};
         }},
    rule{bound::cpu, "user mode takes 85 % or more, the CPU time of an item grows less than 1.1 times",
         [](const symptoms& s) { return s.user >= 0.85 && s.inflation < 1.1; },
         [](const symptoms& s) {
           return fmt::format("{} of the time inside tasks computes; an item takes {:.2f} times the CPU time with {}",
                              percent(s.user), s.inflation, s.workers);
         },
         [](const symptoms&) {
           return std::string{"It scales: choose by overhead (threads) or isolation (processes)."};
         }},
};

}  // namespace

std::string_view to_string(bound value) {
  constexpr std::array<std::string_view, 11> words{
      "disturbed",  "oversubscribed",      "too fine",     "starved",   "imbalanced", "latency or I/O bound",
      "lock bound", "contending for CPUs", "kernel bound", "CPU bound", "unclear"};
  return words[static_cast<std::size_t>(value)];
}

std::span<const rule> rules() { return all_rules; }

const rule* first_that_holds(const symptoms& of) {
  const auto found = std::ranges::find_if(all_rules, [&](const rule& each) { return each.holds(of); });
  return found == all_rules.end() ? nullptr : &*found;
}

}  // namespace yoke::bench
