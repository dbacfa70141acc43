#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace yoke::cli {

/// parse_size reads a number of bytes: a whole number, with K, M, G or T for powers of 1024, k, m, g or t for powers of
/// 1000. Throws usage_error that names `option` for anything else, for 0 and for what no machine holds.
std::size_t parse_size(std::string_view option, std::string_view text);

/// parse_duration reads a time of at least a millisecond: a number, with ms, s, m, h or d; s where nothing follows.
/// Throws usage_error that names `option`.
std::chrono::nanoseconds parse_duration(std::string_view option, std::string_view text);

/// parse_count reads a whole number from 1 to `most`. Throws usage_error that names `option`.
std::uint32_t parse_count(std::string_view option, std::string_view text, std::uint32_t most);

/// parse_workers reads -j: N; N% of the usable CPUs; +N or -N, that many more or fewer than those, but at least 1.
/// Throws usage_error for 0, for more than 4096 and for anything else.
int parse_workers(std::string_view text, std::size_t cpus);

/// size_text writes a number of bytes for people: "1.5 GiB", "17 B".
std::string size_text(std::uint64_t bytes);

}  // namespace yoke::cli
