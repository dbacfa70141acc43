#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <memory>
#include <stdexcept>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace yoke_test {

/// number_source is an input range that can be read once: 0, 1, 2, ... It notes who reads it, and how far.
class number_source {
 public:
  static constexpr std::uint64_t endless = std::numeric_limits<std::uint64_t>::max();

  explicit number_source(std::uint64_t count = endless, std::uint64_t throws_at = endless)
      : count_{count}, throws_at_{throws_at} {}

  class iterator {
   public:
    using iterator_concept = std::input_iterator_tag;
    using value_type = std::uint64_t;
    using difference_type = std::ptrdiff_t;

    iterator() = default;
    explicit iterator(number_source& from) : from_{&from} {}
    iterator(iterator&&) = default;
    iterator& operator=(iterator&&) = default;

    value_type operator*() const { return from_->read(); }
    iterator& operator++() {
      ++from_->at_;
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const iterator& at, std::default_sentinel_t) { return at.is_at_end(); }

   private:
    [[nodiscard]] bool is_at_end() const { return from_->at_ == from_->count_; }

    number_source* from_ = nullptr;
  };

  iterator begin() { return iterator{*this}; }
  static std::default_sentinel_t end() { return {}; }

  /// pulled is how many numbers were read.
  [[nodiscard]] std::uint64_t pulled() const { return pulled_; }
  /// reader is the only thread that has read.
  [[nodiscard]] std::thread::id reader() const { return reader_; }

 private:
  std::uint64_t read() {
    if (at_ == throws_at_) throw std::domain_error("the input broke");
    if (pulled_ > 0 && reader_ != std::this_thread::get_id()) throw std::logic_error("read by several threads");
    reader_ = std::this_thread::get_id();
    ++pulled_;
    return at_;
  }

  std::uint64_t count_;
  std::uint64_t throws_at_;
  std::uint64_t at_ = 0;
  std::uint64_t pulled_ = 0;
  std::thread::id reader_;
};

/// pointer_source is an input range of things that can only be moved.
class pointer_source {
 public:
  explicit pointer_source(int count) : count_{count} {}

  class iterator {
   public:
    using iterator_concept = std::input_iterator_tag;
    using value_type = std::unique_ptr<int>;
    using difference_type = std::ptrdiff_t;

    explicit iterator(int left = 0) : left_{left} {}
    value_type operator*() const { return std::make_unique<int>(left_); }
    iterator& operator++() {
      --left_;
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const iterator& at, std::default_sentinel_t) { return at.left_ == 0; }

   private:
    int left_;
  };

  [[nodiscard]] iterator begin() const { return iterator{count_}; }
  static std::default_sentinel_t end() { return {}; }

 private:
  int count_;
};

/// all_of_stream reads a stream to its end.
template <class Stream>
auto all_of_stream(Stream&& stream) {
  std::vector<typename std::remove_cvref_t<Stream>::value_type> all;
  for (auto& value : stream) all.push_back(std::move(value));
  return all;
}

}  // namespace yoke_test
