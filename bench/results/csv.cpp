#include "bench/results/exports.hpp"

#include <cmath>
#include <concepts>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace yoke::bench {
namespace {

/// row writes the fields of one line.
class row {
 public:
  explicit row(std::string& into) : into_{into} {}
  row(const row&) = delete;
  row& operator=(const row&) = delete;
  ~row() { into_ += "\r\n"; }

  void text(std::string_view value) {
    separate();
    if (value.find_first_of(",\"\r\n") == value.npos) {
      into_ += value;
      return;
    }
    into_ += '"';
    for (const char each : value) into_.append(each == '"' ? 2 : 1, each);
    into_ += '"';
  }

  void number(double value) {
    separate();
    if (std::isfinite(value)) into_ += fmt::format("{}", value);
  }

  void number(std::integral auto value) {
    separate();
    into_ += fmt::format("{}", value);
  }

 private:
  void separate() {
    if (!empty_) into_ += ',';
    empty_ = false;
  }

  std::string& into_;
  bool empty_ = true;
};

double sum(const repetition& of, double worker_account::*member) {
  double total = of.workers.empty() ? unknown : 0;
  for (const worker_account& each : of.workers) total += each.*member;
  return total;
}

constexpr std::string_view headings =
    "workload,backend,workers,scaling,items,chunk,repetition,order,block,begun,start,wall,stop,user,system,coordinator,"
    "chunks,bytes_in,bytes_out,items_failed,items_rerun,workers_lost,pss,peak_memory,steal,foreign,idle,wait,work,tail,"
    "worker_user,worker_system,dispatch,run_queue,retried,hash,error\r\n";

void add(std::string& csv, const cell& of, const repetition& run) {
  row fields{csv};
  fields.text(of.workload);
  fields.text(to_string(of.backend));
  fields.number(of.workers);
  fields.text(to_string(of.shows));
  fields.number(of.items);
  fields.number(of.chunk);
  fields.number(run.number);
  fields.number(run.order);
  fields.number(run.block);
  for (const double value : {run.begun, run.start, run.wall, run.stop, run.user, run.system, run.coordinator})
    fields.number(value);
  fields.number(run.chunks);
  fields.number(run.bytes_in);
  fields.number(run.bytes_out);
  for (const std::uint64_t value : {run.items_failed, run.items_rerun, run.workers_lost}) fields.number(value);
  for (const double value : {run.pss, run.peak_memory, run.disturbed.steal, run.disturbed.foreign})
    fields.number(value);
  for (const auto member : {&worker_account::idle, &worker_account::wait, &worker_account::work, &worker_account::stop,
                            &worker_account::user, &worker_account::system, &worker_account::dispatch,
                            &worker_account::run_queue, &worker_account::retried})
    fields.number(sum(run, member));
  fields.text(run.hash);
  fields.text(run.error.empty() ? of.error : run.error);
}

}  // namespace

std::string to_csv(const results& from) {
  std::string csv{headings};
  for (const cell& each : from.cells) {
    for (const repetition& run : each.repetitions) add(csv, each, run);
    if (each.repetitions.empty()) add(csv, each, repetition{});
  }
  return csv;
}

}  // namespace yoke::bench
