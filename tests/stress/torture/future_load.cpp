#include <yoke/yoke.hpp>

#include "stress/torture/load.hpp"

#include <csignal>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace yoke_torture {
namespace {

std::uint64_t number_of(std::uint64_t key) { return spread(key); }

std::string text_of(std::uint64_t key) {
  std::string text(spread(key) % 40 == 0 ? 20'000 : spread(key) % 50, '\0');
  for (std::size_t k = 0; k < text.size(); ++k) text[k] = pattern_byte(key, k);
  return text;
}

/// future_load submits tasks one by one; some are cancelled, some may not be run again. What each future says has to
/// fit.
class future_load final : public load {
 public:
  explicit future_load(int workers) : pool_{{.workers = workers}} {}

  [[nodiscard]] std::string_view name() const override { return "futures"; }

  void round(dice& random, oracle& judge, std::size_t number) override {
    const std::size_t tasks = 1 + random() % 500;
    std::vector<sent> all;
    all.reserve(tasks);
    for (std::size_t task = 0; task < tasks; ++task) all.push_back(submit(random, [&] { judge.progress(number, 1); }));
    for (sent& each : all) {
      if (random() % 20 != 0) continue;
      each.cancelled = each.numbers.valid() ? each.numbers.cancel() : each.texts.cancel();
    }
    for (sent& each : all) check(each, judge);
  }

 private:
  struct sent {
    std::uint64_t key;
    bool reruns;
    bool cancelled = false;
    yoke::future<std::uint64_t> numbers = {};  // one of these two is valid
    yoke::future<std::string> texts = {};
  };

  template <class Callback>
  sent submit(dice& random, const Callback& completed) {
    sent one{.key = random(), .reruns = random() % 4 != 0};
    const yoke::call_options options{.rerun = one.reruns ? yoke::rerun::external : yoke::rerun::never};
    if (random() % 3 == 0) {
      one.texts = pool_.submit(options, text_of, one.key);
      one.texts.on_completion(completed);
    } else {
      one.numbers = pool_.submit(options, number_of, one.key);
      one.numbers.on_completion(completed);
    }
    return one;
  }

  static void check(sent& one, oracle& judge) {
    try {
      const bool right =
          one.numbers.valid() ? one.numbers.get() == number_of(one.key) : one.texts.get() == text_of(one.key);
      if (!right) judge.violated("futures: a result is torn or somebody else's");
      if (one.cancelled) judge.violated("futures: a task that was cancelled has a result");
    } catch (const yoke::cancelled&) {
      if (!one.cancelled) judge.violated("futures: a task is cancelled that nobody cancelled");
    } catch (const yoke::worker_lost& lost) {
      if (one.reruns || lost.signal() != SIGKILL || one.cancelled)
        judge.violated(std::string{"futures: "} + lost.what());
    } catch (const std::exception& error) {
      judge.violated(std::string{"futures: "} + error.what());
    }
  }

  yoke::pool pool_;
};

}  // namespace

std::unique_ptr<load> make_future_load(int workers) { return std::make_unique<future_load>(workers); }

}  // namespace yoke_torture
