#include "backends/queue_backend.hpp"

#include "sys/event_descriptor.hpp"

namespace yoke::detail {
namespace {

const queue_layout& constructed(segment& home, const queue_layout& layout) {
  const queue_layout::range control = layout.control_range();
  home.commit(control.offset, control.bytes);
  layout.construct();
  return layout;
}

}  // namespace

queue_backend::queue_backend(segment::home where, const queue_shape& shape)
    : kept_{std::make_shared<guarded_segment>(where)},
      home_{kept_->memory},
      guard_{kept_->guard},
      layout_{home_.base(), home_.size(), shape},
      news_{make_event_descriptor("eventfd for the pool's native_handle")},
      end_{constructed(home_, layout_), news_.get(), where == segment::home::shared},
      arrays_{std::make_shared<array_memory>(std::shared_ptr<segment>{kept_, &home_},
                                             byte_range{layout_.arrays_range().offset, layout_.arrays_range().bytes})},
      payload_{home_, layout_.payload_range().offset, layout_.payload_range().bytes} {}

void queue_backend::announce(bool now) {
  if (now) {
    signal(news_.get());
  } else {
    end_.announce();
  }
}

void queue_backend::hush() { take_signal(news_.get()); }

}  // namespace yoke::detail
