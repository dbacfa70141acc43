#pragma once

#include <yoke/detail/range_source.hpp>
#include <yoke/detail/task_concepts.hpp>

#include <tuple>
#include <type_traits>
#include <utility>

namespace yoke::detail {

/// spread_source walks over tuple-like items and calls tasks with their elements.
template <class Source>
class spread_source : public Source {
 public:
  using items = typename spread_items<typename Source::item>::type;

  template <class Task>
  using result_of = typename result_over<Task, items>::type;

  explicit spread_source(Source tuples) : Source{std::move(tuples)} {}

  template <class Cursor>
  class spreading : public Cursor {
   public:
    using Cursor::Cursor;

    template <class R, class Task>
    R apply(const Task& task) {
      return Cursor::template apply<R>([&task](const auto& item) -> R {
        return std::apply([&task](const auto&... elements) -> R { return invoke_as<R>(task, elements...); }, item);
      });
    }
  };

  using local_cursor = spreading<typename Source::local_cursor>;
  using remote_cursor = spreading<typename Source::remote_cursor>;
};

}  // namespace yoke::detail
