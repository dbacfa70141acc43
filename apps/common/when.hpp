#pragma once

#include "common/choice.hpp"

#include <array>
#include <cstdint>

namespace yoke::cli {

/// when says whether something for people is shown.
enum class when : std::uint8_t { automatic, always, never };

/// occasions are the words for it.
inline constexpr std::array<choice<when>, 3> occasions{
    {{"auto", when::automatic}, {"always", when::always}, {"never", when::never}}};

}  // namespace yoke::cli
