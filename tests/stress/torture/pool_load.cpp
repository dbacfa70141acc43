#include <yoke/yoke.hpp>

#include "stress/torture/load.hpp"

#include <cmath>
#include <cstring>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace yoke_torture {
namespace {

constexpr std::size_t terms = 1000;
constexpr int words = 100;

std::string word(int n) { return std::string(static_cast<std::size_t>(n % 97), static_cast<char>('a' + n % 26)); }

using length_counts = std::map<std::size_t, int>;

length_counts count_length(length_counts counts, int n) {
  ++counts[word(n).size()];
  return counts;
}

length_counts add_counts(length_counts left, const length_counts& right) {
  for (const auto& [length, count] : right) left[length] += count;
  return left;
}

class pool_load final : public load {
 public:
  explicit pool_load(int workers) : pool_{{.workers = workers}} {
    for (std::size_t k = 0; k < terms; ++k)
      series_.push_back(std::sin(static_cast<double>(k)) / static_cast<double>(k + 1));
    for (int n = 0; n < words; ++n) numbers_.push_back(n);
    yoke::pool serial{yoke::backend::serial};
    sum_ = *serial.reduce(series_, std::plus<>{});
    counts_ = serial.reduce(numbers_, length_counts{}, count_length, add_counts);
  }

  [[nodiscard]] std::string_view name() const override { return "pool"; }

  void round(dice& random, oracle& judge, std::size_t number) override {
    const yoke::call_options options{.chunk = 5 + random() % 200};
    try {
      switch (random() % 3) {
        case 0: {
          const double sum = *pool_.reduce(series_, std::plus<>{}, options);
          if (std::memcmp(&sum, &sum_, sizeof sum) != 0) judge.violated("reduce: a bit of the sum is wrong");
          break;
        }
        case 1:
          if (pool_.reduce(numbers_, length_counts{}, count_length, add_counts, options) != counts_) {
            judge.violated("reduce: a count is wrong");
          }
          break;
        default: {
          const std::vector<std::string> all = pool_.map(numbers_, word, options);
          bool right = all.size() == numbers_.size();
          for (std::size_t n = 0; right && n < all.size(); ++n) right = all[n] == word(numbers_[n]);
          if (!right) judge.violated("pool map: a result is wrong");
        }
      }
    } catch (const std::exception& error) {
      judge.violated(std::string{"pool: "} + error.what());
    }
    judge.progress(number, 1);
  }

 private:
  yoke::pool pool_;
  std::vector<double> series_;
  std::vector<int> numbers_;
  double sum_ = 0;
  length_counts counts_;
};

}  // namespace

std::unique_ptr<load> make_pool_load(int workers) { return std::make_unique<pool_load>(workers); }

}  // namespace yoke_torture
