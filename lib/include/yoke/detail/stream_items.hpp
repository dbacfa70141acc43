#pragma once

#include <yoke/codec.hpp>
#include <yoke/detail/byte_reader.hpp>
#include <yoke/detail/call_scope.hpp>
#include <yoke/detail/chunk_call.hpp>
#include <yoke/detail/map_job.hpp>
#include <yoke/detail/parcel.hpp>
#include <yoke/detail/range_source.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace yoke::detail {

/// result_for_item calls a task of a stream; where it returns nothing, the result is a std::monostate.
template <class R, class Task, class Item>
R result_for_item(const Task& task, const Item& item) {
  if constexpr (std::is_void_v<std::invoke_result_t<const Task&, const Item&>>) {
    invoke_as<void>(task, item);
    return R{};
  } else {
    return invoke_as<R>(task, item);
  }
}

/// placed_parcel has its items and its results in memory that the workers share.
template <class Kept, class Item, class Task, class R>
class placed_parcel final : public parcel {
 public:
  placed_parcel(const Task& task, const void* scope) : task_{task}, scope_{scope} {}
  ~placed_parcel() override { drop_results(); }

  void add(Kept item) { items_.push_back(std::move(item)); }

  /// seal makes room for the results and has the parcel sent as its address.
  void seal() {
    results_ = std::allocator<R>{}.allocate(items_.size());
    room_ = items_.size();
    const placed_parcel* const self = this;
    input.append(&self, sizeof self);
  }

  /// take_result moves the result of an item out.
  R take_result(std::uint64_t item) {
    taken_ = item + 1 - first;
    R* const slot = results_ + (item - first);
    R result{std::move(*slot)};
    std::destroy_at(slot);
    return result;
  }

  void clear() override {
    drop_results();
    items_.clear();
    taken_ = 0;
    parcel::clear();
  }

  static void run(chunk_call& call) {
    const auto& self = *byte_reader{{call.input, call.input_bytes}}.template read<const placed_parcel*>();
    const call_scope scope{self.scope_};
    run_into_slots<R>(call, self.results_ + (call.first - self.first), cursor{self, call.first - self.first},
                      self.task_);
  }

 private:
  class cursor {
   public:
    cursor(const placed_parcel& over, std::uint64_t index) : over_{over}, index_{index} {}

    template <class As, class Called>
    As apply(const Called& task) {
      const auto& kept = over_.items_[index_++];
      if constexpr (std::is_pointer_v<Kept> && !std::is_same_v<Kept, Item>) {
        return result_for_item<As, Called, Item>(task, *kept);
      } else {
        return result_for_item<As, Called, Item>(task, kept);
      }
    }

   private:
    const placed_parcel& over_;
    std::uint64_t index_;
  };

  void drop_results() {
    for (const arrival& each : arrivals) {
      if (each.error) continue;
      for (std::uint64_t item = each.first; item < each.first + each.count; ++item) {
        if (item - first >= taken_) std::destroy_at(results_ + (item - first));
      }
    }
    if (results_ != nullptr) std::allocator<R>{}.deallocate(results_, room_);
    results_ = nullptr;
  }

  const Task& task_;
  const void* scope_;
  std::vector<Kept> items_;
  R* results_ = nullptr;
  std::size_t room_ = 0;
  std::uint64_t taken_ = 0;  // the results before this one have been taken, or are missing
};

/// stream_closure is what processes need of a stream, once for all its items.
template <class Task>
struct stream_closure {
  Task task;
};

/// sent_whole_in_stream is true of items that are sent as they lie in memory.
template <class Item>
inline constexpr bool sent_whole_in_stream = copied_whole<Item> && alignof(Item) <= payload_alignment;

/// add_encoded appends an item to what workers get.
template <class Item>
void add_encoded(parcel& to, const Item& item) {
  if constexpr (sent_whole_in_stream<Item>) {
    to.item_bytes = sizeof(Item);
    to.input.append(std::addressof(item), sizeof(Item));
  } else {
    const std::size_t begin = to.input.size();
    to.begins.push_back(begin);
    try {
      detail::encode(to.input, item);
    } catch (...) {
      to.begins.pop_back();
      to.input.truncate(begin);
      throw;
    }
  }
}

/// sent_items_cursor walks over items as they arrive in a process.
template <class Item>
class sent_items_cursor {
 public:
  explicit sent_items_cursor(std::span<const std::byte> payload) : bytes_{payload} {}

  template <class R, class Task>
  R apply(const Task& task) {
    if constexpr (sent_whole_in_stream<Item>) {
      return result_for_item<R, Task, Item>(task, *reinterpret_cast<const Item*>(bytes_.take(sizeof(Item))));
    } else {
      const Item item = detail::decode<Item>(bytes_);
      return result_for_item<R, Task, Item>(task, item);
    }
  }

 private:
  byte_reader bytes_;
};

/// run_sent_items runs a chunk of a stream in a process.
template <class Item, class Task, class R>
void run_sent_items(chunk_call& call) {
  const auto& closure = *static_cast<const stream_closure<Task>*>(call.closure);
  run_into_sink<R>(call, sent_items_cursor<Item>{{call.input, call.input_bytes}}, callable_here(call, closure.task));
}

}  // namespace yoke::detail
