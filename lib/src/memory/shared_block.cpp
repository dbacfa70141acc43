#include <yoke/detail/pool_core.hpp>
#include <yoke/detail/shared_block.hpp>

#include "memory/array_memory.hpp"

#include <bit>
#include <stdexcept>
#include <string>
#include <utility>

namespace yoke::detail {

shared_block::shared_block(const pool_core& of, std::size_t bytes, std::size_t reserved, std::size_t alignment) {
  of.check_original();
  if (!std::has_single_bit(alignment)) {
    throw std::invalid_argument("yoke: alignment = " + std::to_string(alignment) + "; it has to be a power of two");
  }
  owner_ = of.arrays();
  data_ = owner_->take(bytes, reserved, alignment);
  bytes_ = bytes;
  room_ = owner_->room(data_);
}

shared_block::shared_block(shared_block&& other) noexcept
    : owner_{std::move(other.owner_)},
      data_{std::exchange(other.data_, nullptr)},
      bytes_{std::exchange(other.bytes_, 0)},
      room_{std::exchange(other.room_, 0)} {}

shared_block& shared_block::operator=(shared_block&& other) noexcept {
  shared_block taken{std::move(other)};
  std::swap(owner_, taken.owner_);
  std::swap(data_, taken.data_);
  std::swap(bytes_, taken.bytes_);
  std::swap(room_, taken.room_);
  return *this;
}

shared_block::~shared_block() {
  if (data_ != nullptr) owner_->release(data_);
}

void shared_block::resize(std::size_t bytes) {
  owner_->resize(data_, bytes_, bytes);
  bytes_ = bytes;
}

}  // namespace yoke::detail
