#include <yoke/detail/call_scope.hpp>
#include <yoke/detail/error_record.hpp>
#include <yoke/errors.hpp>

#include "pool_parts.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>

namespace yoke::detail {

namespace {

std::atomic<std::uint64_t> pools_made{0};

}  // namespace

void pool_core::abandon(std::shared_ptr<parts> left) {
  static std::atomic<parts*> all{nullptr};  // still in sight of leak checkers
  parts& kept = *left;
  kept.abandoned_before = all;
  while (!all.compare_exchange_weak(kept.abandoned_before, &kept)) {
  }
  kept.kept_for_ever = std::move(left);
}

pool_core::pool_core(const pool_options& options)
    : parts_{std::make_shared<parts>(options)},
      number_{++pools_made},
      takes_any_capture_{describe().shares_memory && !options.strict_captures} {}

pool_core::~pool_core() {
  // A task or a callback has called exit(), or destroyed the pool whose call it is part of.
  const bool under_itself = call_scope::inside(scope()) || in_call();
  if (under_itself || (parts_->in_copy() && !parts_->gate.is_empty())) {
    abandon(std::move(parts_));
    return;
  }
  if (parts_->in_copy()) {
    parts_->workers->stop(false);
    return;
  }
  forget_interrupts(*this);
  const auto now = std::chrono::steady_clock::now();
  const std::string orphaned = "the pool was destroyed while the stream was open: keep it until the stream has ended";
  parts_->gate.close(call_gate::state::stopped);
  parts_->streams->close("destroyed");
  parts_->gate.end(now, "the pool was destroyed while the call was going on: join() it first");
  parts_->streams->end(now, orphaned);
  end_submission(*parts_);
  parts_->streams->part(orphaned);
  parts_->gate.await_all();
  parts_->jobs.stop_workers(!parts_->gate.cut_short());
  if (submission* const tasks = parts_->tasks) tasks->leave();
}

void pool_core::refuse_absent() {
  throw std::logic_error{
      "yoke: there is no pool here: it was moved from, or a task called the pool that runs it; give the task a pool of "
      "its own"};
}

void pool_core::check_open() const { parts_->gate.check_open(); }

yoke::insights pool_core::insights() const {
  refuse_inside("ask outside, once the call has returned");
  yoke::insights seen = parts_->jobs.insights();
  const std::scoped_lock hold{parts_->teams_mutex};
  add_insights(seen, parts_->teams);
  return seen;
}

void pool_core::reset_insights() {
  refuse_inside("reset its insights outside");
  const std::scoped_lock hold{parts_->teams_mutex};
  parts_->jobs.reset_insights();
  parts_->teams = {};
}

bool pool_core::join(std::chrono::steady_clock::time_point until) {
  refuse_inside("let it throw, and end the pool outside");
  refuse_in_call();
  parts_->streams->refuse_own();
  const std::shared_ptr<parts> held = parts_;  // a callback may destroy the pool
  const call_gate::visit here{held->gate};
  const std::string late = "join_for() had no more time for the call: give it more, or use join()";
  held->gate.close(call_gate::state::joined);
  held->streams->close("joined");
  if (until != std::chrono::steady_clock::time_point::max()) {
    held->gate.end(until, late);
    held->streams->end(until, late);
  }
  end_submission(*held);
  held->gate.await_calls();
  held->streams->await(until);
  const bool parted = held->streams->part(late);
  held->jobs.stop_workers(true);
  return !parted && !held->gate.cut_short();
}

void pool_core::stop() {
  refuse_inside("let it throw, and end the pool outside");
  refuse_in_call();
  const std::shared_ptr<parts> held = parts_;  // a callback may destroy the pool
  const call_gate::visit here{held->gate};
  const auto now = std::chrono::steady_clock::now();
  const std::string unfinished = "the pool was stopped before the call was done: join() lets calls finish";
  held->gate.close(call_gate::state::stopped);
  held->streams->close("stopped");
  held->gate.end(now, unfinished);
  held->streams->end(now, unfinished);
  end_submission(*held);
  held->gate.await_calls();
  held->streams->part(unfinished);
  held->jobs.stop_workers(false);
}

std::vector<std::vector<std::byte>> pool_core::take_results(const std::type_info& wanted) {
  refuse_inside("ask for results outside, once the call has returned");
  const std::type_info* const given = parts_->options.finalizer.result();
  if (given == nullptr) throw std::logic_error{"yoke: finalizer_results of a pool without pool_options::finalizer"};
  if (*given != wanted) {
    throw std::logic_error{"yoke: finalizer_results<" + type_name(wanted) + ">, but the finalizer returns " +
                           type_name(*given)};
  }
  parts_->keep(parts_->jobs.take_farewells());
  const std::lock_guard lock{parts_->farewells_mutex};
  std::vector<farewell>& all = parts_->farewells;
  const auto sad = std::ranges::find_if(all, [](const farewell& each) { return each.how != farewell::kind::returned; });
  if (sad != all.end()) {
    const std::exception_ptr error = error_of(*sad);
    all.erase(sad);
    std::rethrow_exception(error);
  }
  std::vector<std::vector<std::byte>> results;
  results.reserve(all.size());
  for (farewell& each : std::exchange(all, {})) results.push_back(std::move(each.bytes));
  return results;
}

void pool_core::cancel() noexcept {
  ++parts_->gate.cancels().asked;
  parts_->workers->nudge();
}

void pool_core::interrupt() noexcept {
  parts_->gate.cancels().interrupted = true;
  parts_->workers->nudge();
}

void pool_core::resume() noexcept { parts_->gate.cancels().interrupted = false; }

void pool_core::refuse_inside(const char* instead) const {
  parts_->workers->check_original();
  if (!call_scope::inside(scope())) return;
  throw std::logic_error{std::string{"yoke: a task called the pool that runs it; "} + instead};
}

bool pool_core::in_call() const {
  return call_scope::inside(&parts_->gate) || call_scope::inside(parts_->streams.get());
}

void pool_core::refuse_in_call() const {
  if (!in_call()) return;
  throw std::logic_error{
      "yoke: a callback would end the pool in the middle of the call that runs it; let it throw, or end the pool when "
      "the call has returned"};
}

std::shared_ptr<array_memory> pool_core::arrays() const { return parts_->workers->arrays(); }

void pool_core::check_original() const { parts_->workers->check_original(); }

const void* pool_core::scope() const { return parts_->jobs.scope(); }

capabilities pool_core::describe() const { return parts_->workers->describe(); }

}  // namespace yoke::detail
