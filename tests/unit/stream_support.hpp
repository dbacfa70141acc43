#pragma once

#include <yoke/detail/bulk_work.hpp>

#include "engine/reorder_buffer.hpp"

#include <cstdint>
#include <exception>
#include <functional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace yoke_test {

inline std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// recording_sink keeps what arrives, in the order it arrives.
class recording_sink final : public yoke::detail::block_sink {
 public:
  void finished(std::uint64_t block, std::span<const std::byte> result) override {
    if (on_block) on_block(block);
    blocks.emplace_back(block, text_of(result));
  }
  void failed(std::uint64_t block, std::exception_ptr error) override {
    try {
      std::rethrow_exception(std::move(error));
    } catch (const std::exception& caught) {
      blocks.emplace_back(block, std::string("failed: ") + caught.what());
    }
  }

  std::vector<std::pair<std::uint64_t, std::string>> blocks;
  std::function<void(std::uint64_t)> on_block;
};

/// shout returns its block with a mark behind it; block 13 throws.
inline void shout(yoke::detail::chunk_call& call) {
  call.marks.begin(0, 0);
  try {
    if (call.first == 13) throw std::runtime_error("unlucky");
    call.results.append(call.input, call.input_bytes);
    call.results.append("!", 1);
    finish_chunk(call);
  } catch (...) {
    fail_chunk(call, 0, 0);
  }
}

}  // namespace yoke_test
