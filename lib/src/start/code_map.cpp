#include "start/code_map.hpp"

#include <yoke/detail/chunk_call.hpp>

#include <algorithm>

namespace yoke::detail {

code_map::code_map(std::span<image_note> theirs) {
  const std::vector<image_identity> ours = loaded_images();
  for (image_note& note : theirs) {
    const image_identity& wanted = note.image;
    const auto same = std::find_if(ours.begin(), ours.end(),
                                   [&](const image_identity& image) { return image.is_same_build(wanted); });
    if (same != ours.end()) {
      note.found = image_note::same;
      stretches_.push_back({wanted.begin, wanted.end - wanted.begin, same->begin - wanted.begin});
      continue;
    }
    const bool other =
        std::any_of(ours.begin(), ours.end(), [&](const image_identity& image) { return image.has_same_role(wanted); });
    note.found = other ? image_note::other_build : image_note::absent;
  }
}

std::uintptr_t code_here(const chunk_call& call, std::uintptr_t there) {
  return call.code == nullptr || there == 0 ? there : call.code->here(there);
}

std::uintptr_t code_map::look_up(std::uintptr_t there) const noexcept {
  for (const stretch& candidate : stretches_) {
    if (there - candidate.begin >= candidate.bytes) continue;
    last_ = candidate;
    return there + candidate.shift;
  }
  return 0;
}

}  // namespace yoke::detail
