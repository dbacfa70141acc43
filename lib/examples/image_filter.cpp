// Blurs an image in shared memory: workers read rows of one array and write those of another, and nothing is copied.

#include <yoke/yoke.hpp>

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <ranges>
#include <span>
#include <vector>

namespace {

constexpr int width = 1200;
constexpr int height = 800;
constexpr int radius = 4;

using pixels = std::span<const std::uint8_t>;

/// blurred is the mean of the pixels around (x, y), those outside being the nearest ones inside.
std::uint8_t blurred(pixels image, int x, int y) {
  unsigned sum = 0;
  for (int dy = -radius; dy <= radius; ++dy) {
    for (int dx = -radius; dx <= radius; ++dx) {
      const int row = std::clamp(y + dy, 0, height - 1);
      const int column = std::clamp(x + dx, 0, width - 1);
      sum += image[static_cast<std::size_t>(row * width + column)];
    }
  }
  return static_cast<std::uint8_t>(sum / ((2 * radius + 1) * (2 * radius + 1)));
}

void blur_row(pixels from, std::span<std::uint8_t> to, int y) {
  for (int x = 0; x < width; ++x) to[static_cast<std::size_t>(y * width + x)] = blurred(from, x, y);
}

}  // namespace

int main() {
  yoke::pool pool;
  yoke::shared_array<std::uint8_t> image{pool, std::size_t{width} * height};
  yoke::shared_array<std::uint8_t> result{pool, image.size()};
  for (std::size_t i = 0; i < image.size(); ++i) image[i] = static_cast<std::uint8_t>((i * i / 7) ^ (i >> 5));

  const auto filter = [from = pixels{image.view()}, to = result.view()](int y) { blur_row(from, to, y); };
  pool.for_each(std::views::iota(0, height), filter);

  std::vector<std::uint8_t> expected(image.size());
  for (int y = 0; y < height; ++y) blur_row(image.view(), expected, y);
  const bool right = std::ranges::equal(result, expected);
  std::cout << width << " x " << height << " pixels, " << (right ? "as" : "not as") << " a single loop has them\n";
  return right ? 0 : 1;
}
