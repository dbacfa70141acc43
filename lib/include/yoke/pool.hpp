#pragma once

#include <yoke/capabilities.hpp>
#include <yoke/codec.hpp>
#include <yoke/detail/key_steps.hpp>
#include <yoke/detail/map_into_job.hpp>
#include <yoke/detail/map_job.hpp>
#include <yoke/detail/pair_source.hpp>
#include <yoke/detail/pool_access.hpp>
#include <yoke/detail/pool_core.hpp>
#include <yoke/detail/range_source.hpp>
#include <yoke/detail/reduce_job.hpp>
#include <yoke/detail/spread_source.hpp>
#include <yoke/detail/stream_state.hpp>
#include <yoke/detail/submit_task.hpp>
#include <yoke/detail/task_concepts.hpp>
#include <yoke/errors.hpp>
#include <yoke/future.hpp>
#include <yoke/insights.hpp>
#include <yoke/options.hpp>
#include <yoke/outcome.hpp>
#include <yoke/stream.hpp>
#include <yoke/zip.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <ranges>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace yoke {
inline namespace v0 {

/// pool runs your functions over many items on all cores, in worker processes (the default), in threads, or serially.
///
///     yoke::pool pool;
///     std::vector<double> areas = pool.map(shapes, [](const shape& s) { return s.area(); });
///
/// **The same everywhere.** Results come in input order, errors are the first by input index, and a reduction has one
/// fixed shape: nothing depends on the backend, the number of workers or the chunk size.
///
/// **What a task sees.** It is called as const, with a const item, once for each item (a worker that is killed makes
/// its item run again, see yoke::rerun). In processes, items and results are copied, so their types must be encodable
/// (see yoke::codec); so must they be with threads, so that changing the backend is a matter of one word. A task that
/// holds plain values runs in the workers the pool was constructed with, which see globals, statics and thread_locals
/// as they were then; this cannot be checked. A task that refers to other memory (`[&]`), or is not trivially
/// copyable, runs on processes forked for the call, which see everything as it is now; yoke::fresh asks for them.
/// Descriptors the program has open are closed in worker processes, but for the standard three: a task opens its own.
/// What a task writes anywhere but to its result is lost, so a task that returns nothing and points into memory it
/// could write to is a capture_error.
///
/// **Errors.** A task's exception ends the call: every item before it is done, none behind it is started any more, and
/// what was started is finished. Then the first exception by input index is thrown, as the same type where it is a
/// standard one or one of yoke's, else as task_error; each is a yoke::task_failure as well. A worker that dies fails
/// only the item it was running, with worker_lost. The pool works on after any of these; it throws pool_broken
/// once workers do nothing but die, or a task writes over the pool's shared memory again and again.
///
/// **Threads.** Any number of threads may use one pool; their calls share the workers in turn. A task must not call the
/// pool that runs it (std::logic_error); it may have a pool of its own: of any backend inside a worker process, of
/// threads or serial inside a thread.
///
/// **Life.** A pool of processes is made by fork(), so it has to be constructed while the program has one thread; with
/// start::exec the program is executed anew instead, any number of threads may run, and main has to begin with
/// yoke::worker_entry. Then workers see globals as they are at that line, and a task that would need processes forked
/// for its call is a capture_error. A pool may be moved when no call is going on; what is left of a pool that was moved
/// from can be destroyed or assigned to, and nothing else. join(), join_for() and stop() end a pool as those of Asio's
/// thread_pool do, hence their names: they may be called by several threads, again, and in any order; afterwards calls
/// throw pool_shut_down, and what the destructor does is done. A destructor is a join(); with calls going on in other
/// threads it is a stop(): they throw pool_shut_down, and it waits until they have left. A callback of a future, or a
/// coroutine, may destroy the pool; but one that a map or another call of the same pool runs meanwhile must not end it:
/// join() and stop() throw std::logic_error there.
class pool {
 public:
  /// Starts one worker process per usable CPU. Throws start_error.
  pool() : pool{pool_options{}} {}

  /// Starts one worker per usable CPU on this backend. Throws start_error.
  explicit pool(yoke::backend backend) : pool{pool_options{.backend = backend}} {}

  /// Starts workers as the options say. Throws std::invalid_argument for options out of range, start_error, and
  /// std::system_error or std::bad_alloc where the system has no descriptors or memory left.
  explicit pool(const pool_options& options) : core_{std::make_unique<detail::pool_core>(options)} {}

  /// map returns task(item) for every item of a sized random-access range, in input order. Several ranges, up to three
  /// here and any number in a yoke::zip, are walked side by side, as far as the shortest reaches: task(a, b, c). For
  /// nested loops see yoke::blocks.
  ///
  /// Throws the first error by input index; std::invalid_argument for options out of range; capture_error. A task that
  /// returns nothing makes map return nothing: see for_each. Needs room for the results and, on processes, for the
  /// items of three chunks per worker.
  template <detail::mappable Input, detail::task_over<Input> Task>
  auto map(Input&& items, const Task& task, const call_options& options = {}) {
    return map_over(detail::source_of(items), task, options);
  }
  template <detail::zippable A, detail::zippable B, detail::task_over<A, B> Task>
  auto map(A&& a, B&& b, const Task& task, const call_options& options = {}) {
    return map_over(zip(a, b).source(), task, options);
  }
  template <detail::zippable A, detail::zippable B, detail::zippable C, detail::task_over<A, B, C> Task>
  auto map(A&& a, B&& b, C&& c, const Task& task, const call_options& options = {}) {
    return map_over(zip(a, b, c).source(), task, options);
  }

  /// starmap returns task(elements...) for every item of a range of tuples, pairs or arrays, in input order.
  template <detail::mappable_range Range, detail::spread_over<Range> Task>
  auto starmap(Range&& tuples, const Task& task, const call_options& options = {}) {
    return map_over(detail::spread_source{detail::source_of(tuples)}, task, options);
  }

  /// for_each calls task(item) for every item, of one range or of several as in map, and drops what it returns; it
  /// returns when all calls have.
  ///
  /// Order is not defined. A task is here for its side effects, so an item whose worker was killed from outside is not
  /// run again but fails with worker_lost, unless options.rerun says otherwise.
  template <detail::mappable Input, detail::task_over<Input> Task>
  void for_each(Input&& items, const Task& task, const call_options& options = {}) {
    run_over<void>(detail::source_of(items), task, options, false);
  }
  template <detail::zippable A, detail::zippable B, detail::task_over<A, B> Task>
  void for_each(A&& a, B&& b, const Task& task, const call_options& options = {}) {
    run_over<void>(zip(a, b).source(), task, options, false);
  }
  template <detail::zippable A, detail::zippable B, detail::zippable C, detail::task_over<A, B, C> Task>
  void for_each(A&& a, B&& b, C&& c, const Task& task, const call_options& options = {}) {
    run_over<void>(zip(a, b, c).source(), task, options, false);
  }

  /// map_into writes task(item) to out[i] for the item with index i: workers put results where they belong, and nothing
  /// is copied. `out` is a contiguous range of as many elements as there are items, of a type that is copied whole; on
  /// processes (and under strict_captures) it has to lie in a shared_array of this pool.
  ///
  /// Throws as map does; std::invalid_argument where the sizes differ, capture_error for memory that workers do not
  /// share. After an error, elements of items that have not run are as they were, and what a failed item's is, is
  /// undefined; all others are right. An item whose worker was killed runs again: `out` is not where the items are.
  template <detail::mappable Input, detail::output_range Out, detail::task_over<Input> Task>
  void map_into(Input&& items, Out&& out, const Task& task, const call_options& options = {}) {
    detail::map_into(core(), detail::source_of(items), std::span{out}, task, options);
  }

  /// imap returns task(item) for every item of an input range of any kind, in input order, as a range that is computed
  /// while it is read: see yoke::stream. The input may be endless, a generator, or read once; a named range is referred
  /// to and has to outlive the stream, a temporary one is kept in it. With yoke::outcomes values are outcome<R>, else
  /// R; a task that returns nothing yields std::monostate.
  template <std::ranges::input_range Range, detail::task_over<Range> Task>
  auto imap(Range&& items, const Task& task, const stream_options& options = {}) {
    return open_stream<detail::yields_values>(std::forward<Range>(items), task, options);
  }
  template <std::ranges::input_range Range, detail::task_over<Range> Task>
  auto imap(Range&& items, const Task& task, outcomes_t /*asked*/, const stream_options& options = {}) {
    return open_stream<detail::yields_outcomes<true>>(std::forward<Range>(items), task, options);
  }

  /// imap_unordered is imap without the order: what is done first is yielded first, as a std::pair of the item's index
  /// and its result. An error ends the input; what was under way is yielded before the first by index is thrown.
  template <std::ranges::input_range Range, detail::task_over<Range> Task>
  auto imap_unordered(Range&& items, const Task& task, const stream_options& options = {}) {
    return open_stream<detail::yields_indexed>(std::forward<Range>(items), task, options);
  }
  template <std::ranges::input_range Range, detail::task_over<Range> Task>
  auto imap_unordered(Range&& items, const Task& task, outcomes_t /*asked*/, const stream_options& options = {}) {
    return open_stream<detail::yields_outcomes<false>>(std::forward<Range>(items), task, options);
  }

  /// reduce returns all items joined by `operation`, as a std::optional that is empty where there are none.
  ///
  /// `operation` takes two values of the items' type and returns one; it has to be associative, and need not commute.
  /// The order of operations is fixed by the number of items alone (see yoke::leaf_size), so sums of floating-point
  /// numbers come out the same to the last bit on any backend, with any number of workers and any chunk size.
  ///
  /// Numbers in memory that a standard operation joins (std::plus and its like) are run, and looked at for a cancelled
  /// call, in stretches of up to 4,096 of a leaf: a deadline is for a stretch, and where one is lost, as in memory that
  /// raises SIGBUS, the error names its first item.
  template <detail::mappable_range Range, detail::operation_on<std::ranges::range_value_t<Range>> Operation>
  auto reduce(Range&& items, const Operation& operation, const call_options& options = {}) {
    using value = std::ranges::range_value_t<Range>;
    using steps = detail::by_operation<value, std::decay_t<const Operation&>>;
    return reduce_over<value, steps>(detail::source_of(items), operation, nullptr, options);
  }

  /// reduce returns operation(initial, all items joined by `operation`), and `initial` where there are none.
  ///
  /// Items are converted to the type of `initial`, once per leaf; elsewhere they are the operation's second argument.
  template <detail::mappable_range Range, class T, detail::operation_on<T> Operation>
  T reduce(Range&& items, T initial, const Operation& operation, const call_options& options = {}) {
    using steps = detail::by_operation<T, std::decay_t<const Operation&>>;
    auto total = reduce_over<T, steps>(detail::source_of(items), operation, nullptr, options);
    if (!total) return initial;
    return std::invoke(operation, std::move(initial), *std::move(total));
  }

  /// reduce folds items into values of another type: value = fold(value, item), beginning with a copy of `identity`
  /// for each leaf; then value = join(value, value) until one is left. Returns `identity` where there are no items.
  ///
  ///     auto counts = pool.reduce(words, std::map<std::string, int>{}, count_word, add_counts);
  template <detail::mappable Input, class T, detail::fold_into<T, Input> Fold, detail::operation_on<T> Join>
  T reduce(Input&& items, T identity, const Fold& fold, const Join& join, const call_options& options = {}) {
    using steps = detail::by_fold_and_join<T, std::decay_t<const Fold&>, std::decay_t<const Join&>>;
    const typename steps::calls both{.fold = fold, .join = join};
    auto total = reduce_over<T, steps>(detail::source_of(items), both, &identity, options);
    if (!total) return identity;
    return *std::move(total);
  }

  /// transform_reduce returns operation(initial, all transform(item) joined by `operation`), and `initial` where there
  /// are no items; `operation` and the order of operations are those of reduce. transform takes one item of each range.
  template <detail::mappable Input, class T, detail::operation_on<T> Operation,
            detail::transform_into<T, Input> Transform>
  T transform_reduce(Input&& items, T initial, const Operation& operation, const Transform& transform,
                     const call_options& options = {}) {
    using steps = detail::by_transform<T, std::decay_t<const Operation&>, std::decay_t<const Transform&>>;
    const typename steps::calls both{.operation = operation, .transform = transform};
    auto total = reduce_over<T, steps>(detail::source_of(items), both, nullptr, options);
    if (!total) return initial;
    return std::invoke(operation, std::move(initial), *std::move(total));
  }
  template <detail::zippable A, detail::zippable B, class T, detail::operation_on<T> Operation,
            detail::transform_into<T, A, B> Transform>
  T transform_reduce(A&& a, B&& b, T initial, const Operation& operation, const Transform& transform,
                     const call_options& options = {}) {
    return transform_reduce(zip(a, b), std::move(initial), operation, transform, options);
  }

  /// map_reduce returns a std::map of keys to values: emit(item) returns a key and a value (a std::pair), or a range of
  /// them, and all values of one key are joined by `join`, which has to be associative and need not commute.
  ///
  ///     auto counts = pool.map_reduce(lines, words_with_1, std::plus<>{});
  ///
  /// Keys are ordered by <. The order of joining is fixed by the number of items alone, as in reduce.
  template <detail::mappable Input, detail::emits_pairs<Input> Emit,
            detail::operation_on<detail::value_of<Emit, Input>> Join>
  auto map_reduce(Input&& items, const Emit& emit, const Join& join, const call_options& options = {}) {
    using key = detail::key_of<Emit, Input>;
    using value = detail::value_of<Emit, Input>;
    using steps = detail::by_key<key, value, std::decay_t<const Emit&>, std::decay_t<const Join&>>;
    const typename steps::calls both{.emit = emit, .join = join};
    const typename steps::values none;
    auto all = reduce_over<typename steps::values, steps>(detail::source_of(items), both, &none, options);
    std::map<key, value> sorted;
    if (!all) return sorted;
    for (auto& [each, its] : all->entries) sorted.emplace_hint(sorted.end(), std::move(each), std::move(its));
    return sorted;
  }

  /// submit has function(arguments...) called by a worker, once, and returns the future of its result.
  ///
  /// Function and arguments are copied or moved in, and given to the call as values; text arrives as a std::string. On
  /// processes arguments travel as items do (see yoke::codec), so containers and strings go there: a function that
  /// captures them, or refers to memory of the program, is a capture_error. Tasks begin in the order of their
  /// submission. Tasks that take microseconds travel together; one alone is sent at once.
  template <class Function, class... Arguments>
  requires detail::submittable<Function, Arguments...>
  auto submit(Function&& function, Arguments&&... arguments) {
    return detail::submit_task(core(), nullptr, std::forward<Function>(function),
                               std::forward<Arguments>(arguments)...);
  }

  /// submit with options first: `pool.submit({.deadline = 2s}, parse, text)`. Of call_options, deadline, attempts and
  /// rerun have a meaning for one task; rerun::by_call means never: a task is run at most once.
  template <class Function, class... Arguments>
  requires detail::submittable<Function, Arguments...>
  auto submit(const call_options& options, Function&& function, Arguments&&... arguments) {
    return detail::submit_task(core(), &options, std::forward<Function>(function),
                               std::forward<Arguments>(arguments)...);
  }

  /// poll fetches what is done, sends what is due and runs callbacks, without waiting. A serial pool runs a task in
  /// here.
  void poll() { core().poll(); }

  /// native_handle is a descriptor for poll(2), epoll and the like in a loop of the program's own: readable means that
  /// poll() has something to do. Call poll() now and then in any case: it is what notices a supervisor that was killed.
  /// Nobody else may read from it.
  [[nodiscard]] int native_handle() { return core().native_handle(); }

  /// describe says what this pool's backend can do.
  [[nodiscard]] capabilities describe() const { return core().describe(); }

  /// workers returns how many tasks run at the same time.
  [[nodiscard]] std::size_t workers() const { return core().describe().workers; }

  /// insights returns what the pool and its workers did since it was constructed, or since reset_insights(); how much
  /// of it is known, options.insights says. Calls that need processes forked for them are in it once they have ended.
  /// May be called by any thread, also while calls go on and after join(); from inside a task it throws
  /// std::logic_error, as reset_insights does.
  [[nodiscard]] yoke::insights insights() const { return core().insights(); }

  /// reset_insights begins to count anew: workers are as if they had been born now, and what they were doing then
  /// counts from now on.
  void reset_insights() { core().reset_insights(); }

  /// join lets the calls that are going on in other threads finish, takes no new ones, and returns when all are done
  /// and the workers have left. Throws std::logic_error from inside one of the pool's own tasks, as do join_for and
  /// stop, and forked_copy.
  void join() { core().join(std::chrono::steady_clock::time_point::max()); }

  /// join_for is a join() with a deadline: what is not done by then ends as with stop(). Returns whether everything
  /// was done.
  template <class Rep, class Period>
  bool join_for(std::chrono::duration<Rep, Period> patience) {
    return core().join(detail::time_after(patience));
  }

  /// stop ends the pool at once: calls that are going on throw pool_shut_down, no item of theirs is started any more,
  /// and it returns when they have and the workers are gone. Processes are killed in the middle of their items. Threads
  /// cannot be: they finish the chunks they hold, and so does the thread that calls a serial pool.
  void stop() { core().stop(); }

  /// finalizer_results returns what pool_options::finalizer has returned in workers that have ended, each R once, in
  /// the order in which they were found to have ended: in the course of calls, and when the pool has been joined or
  /// stopped.
  ///
  /// R is what the finalizer returns; void where that is nothing. Throws what a finalizer threw, each error once, and
  /// worker_lost where one has ended its worker: the results are there for the next call. Throws std::logic_error where
  /// there is no finalizer, or one that returns another type.
  template <class R>
  auto finalizer_results() {
    const auto encoded = core().take_results(typeid(R));
    if constexpr (!std::is_void_v<R>) {
      std::vector<R> results;
      results.reserve(encoded.size());
      for (const auto& bytes : encoded) {
        byte_reader in{bytes};
        results.push_back(decode<R>(in));
      }
      return results;
    }
  }

  /// cancel asks all calls that are going on to end, and does not wait: items that are being run are
  /// finished, no other is started, then the calls throw yoke::cancelled. The pool works on. May be called by any
  /// thread, from inside a task on threads, and in a signal handler; see interrupt_guard for Ctrl-C.
  void cancel() noexcept {
    if (core_) core_->cancel();
  }

 private:
  friend class interrupt_guard;
  friend struct detail::pool_access;

  template <class Source, class Task>
  auto map_over(const Source& source, const Task& task, const call_options& options) {
    return run_over<std::remove_cvref_t<typename Source::template result_of<Task>>>(source, task, options, true);
  }

  template <class R, class Source, class Task>
  auto run_over(const Source& source, const Task& task, const call_options& options, bool reruns) {
    if constexpr (std::is_function_v<Task>) {
      return run_over<R>(source, &task, options, reruns);
    } else {
      Source::require_items();
      if constexpr (!std::is_void_v<R>) detail::require_result<R>();
      core().check_open();
      detail::map_job<R, Source, Task> job{source, task, core().scope()};
      job.run(core(), options, reruns);
      if constexpr (!std::is_void_v<R>) return job.take();
    }
  }

  template <class Yields, class Range, class Task>
  auto open_stream(Range&& items, const Task& task, const stream_options& options) {
    using state = detail::stream_state<Range, std::decay_t<const Task&>, Yields>;
    detail::require_item<typename state::item>();
    detail::require_result<typename state::result>();
    return stream<typename state::value>{std::make_unique<state>(std::forward<Range>(items), task, core(), options)};
  }

  template <class T, class Steps, class Source>
  std::optional<T> reduce_over(const Source& source, const typename Steps::calls& calls, const T* identity,
                               const call_options& options) {
    Source::require_items();
    detail::require_result<T>();
    detail::check_options(options);
    core().check_open();
    if (source.size() == 0) return std::nullopt;
    const std::uint64_t leaf = options.leaf != 0 ? options.leaf : leaf_size(source.size());
    detail::reduce_job<T, Source, Steps> job{source, calls, identity, leaf, core().scope()};
    return job.run(core(), options);
  }

  /// A worker was forked while its pool was being made: there, a task that names the pool finds none.
  [[nodiscard]] detail::pool_core& core() const {
    if (!core_) detail::pool_core::refuse_absent();
    return *core_;
  }

  std::unique_ptr<detail::pool_core> core_;
};

}  // namespace v0
}  // namespace yoke
