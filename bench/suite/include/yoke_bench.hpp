#pragma once

#include <yoke/codec.hpp>
#include <yoke/pool.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace yoke {
inline namespace v0 {

/// bench_suite measures functions of yours as `yoke bench` measures its workloads: serially, on threads and on
/// processes, in random order, each repetition in a fresh process, with every result compared. A whole program:
///
///     #include <yoke_bench.hpp>
///
///     int main(int argc, char** argv) {
///       const std::vector<shape> shapes = load_shapes();
///       yoke::bench_suite suite;
///       suite.add("area", shapes, [](const shape& s) { return s.area(); });
///       return suite.main(argc, argv);
///     }
///
/// `./program --json results.json` writes what `yoke report results.json` makes pages of; `./program --help` lists the
/// options, those of `yoke bench`. With CMake link to yoke::bench, elsewhere $(pkg-config --libs yoke_bench).
class bench_suite {
 public:
  bench_suite();
  bench_suite(const bench_suite&) = delete;
  bench_suite& operator=(const bench_suite&) = delete;
  ~bench_suite();

  /// add measures task(item) for all items, as pool::map with these options runs it. Both are copied, and so must be
  /// encodable where processes need that. Results are compared bit by bit, so they must not depend on chance. Throws
  /// std::invalid_argument for a name that is empty, taken, or has a comma or a blank, and where there are no items.
  template <class Item, class Task>
  bench_suite& add(const std::string& name, std::vector<Item> items, Task task, const call_options& options = {}) {
    using result = std::invoke_result_t<const Task&, const Item&>;
    static_assert(!std::is_void_v<result>, "a task to be measured returns something: it is what is compared");
    const auto shared = std::make_shared<const std::vector<Item>>(std::move(items));
    const auto serial = [shared, task] {
      std::vector<result> results;
      results.reserve(shared->size());
      for (const Item& item : *shared) results.push_back(task(item));
      return answer_of(std::move(results));
    };
    const auto pooled = [shared, task, options](pool& workers) {
      return answer_of(workers.map(*shared, task, options));
    };
    add_load(name, shared->size(), serial, pooled);
    return *this;
  }

  /// main reads the command line, measures, prints a table and writes the files asked for. Returns the exit status of
  /// `yoke bench`. The program must have one thread.
  int main(int argc, char** argv);

 private:
  /// What is hashed once the clock has stopped.
  using answer = std::function<void(byte_sink&)>;

  template <class Results>
  static answer answer_of(Results results) {
    const auto kept = std::make_shared<const Results>(std::move(results));
    return [kept](byte_sink& out) { encode(out, *kept); };
  }

  void add_load(const std::string& name, std::uint64_t items, std::function<answer()> serial,
                std::function<answer(pool&)> pooled);

  struct loads;
  std::unique_ptr<loads> loads_;
};

}  // namespace v0
}  // namespace yoke
