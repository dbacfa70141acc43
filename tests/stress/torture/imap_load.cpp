#include <yoke/yoke.hpp>

#include "stress/torture/load.hpp"

#include <algorithm>
#include <cstdint>
#include <ranges>
#include <string>
#include <vector>

namespace yoke_torture {
namespace {

constexpr std::uint64_t most_items = 1500;

std::string text_of(std::uint64_t key) {
  std::string text(spread(key) % 16 == 0 ? spread(key) % 3000 : spread(key) % 60, '\0');
  for (std::size_t k = 0; k < text.size(); ++k) text[k] = pattern_byte(key, k);
  return text;
}

std::string reversed(const std::string& text) { return {text.rbegin(), text.rend()}; }

class imap_load final : public load {
 public:
  explicit imap_load(int workers) : pool_{{.workers = workers}} {}

  [[nodiscard]] std::string_view name() const override { return "imap"; }

  void round(dice& random, oracle& judge, std::size_t number) override {
    const std::uint64_t salt = random() % 1'000'000'000;
    const std::uint64_t items = 1 + random() % most_items;
    const std::uint64_t leaves_at = random() % 4 == 0 ? random() % items : items;
    yoke::stream_options options{.window = random() % 3 == 0 ? 1 + random() % 50 : 0};
    if (random() % 2 == 0) options.chunk = 1 + random() % 30;
    auto texts = std::views::iota(salt, salt + items) | std::views::transform(text_of);
    const bool ordered = random() % 2 == 0;
    std::vector<bool> seen(items);
    std::uint64_t taken = 0;
    const auto check = [&](std::uint64_t index, const std::string& result) {
      if (index >= items || seen[index]) return judge.violated("imap: an item came twice, or is none");
      if (ordered && index != taken) judge.violated("imap: an item is out of order");
      if (result != reversed(text_of(salt + index))) judge.violated("imap: a result is torn or somebody else's");
      seen[index] = true;
      ++taken;
      judge.progress(number, 1);
    };
    try {
      if (ordered) {
        for (const auto& result : pool_.imap(texts, reversed, options)) {
          if (taken == leaves_at) break;
          check(taken, result);
        }
      } else {
        for (const auto& [index, result] : pool_.imap_unordered(texts, reversed, options)) {
          if (taken == leaves_at) break;
          check(index, result);
        }
      }
    } catch (const std::exception& error) {
      judge.violated(std::string{"imap: "} + error.what());
    }
    if (taken != leaves_at) judge.violated("imap: items were lost");
    judge.progress(number, 0);
  }

 private:
  yoke::pool pool_;
};

}  // namespace

std::unique_ptr<load> make_imap_load(int workers) { return std::make_unique<imap_load>(workers); }

}  // namespace yoke_torture
