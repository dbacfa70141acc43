// Files hashed on all cores. Only names go to the workers, and only numbers come back: each worker reads for itself.
// Usage: file_hashes FILE...

#include <yoke/yoke.hpp>

#include <array>
#include <cstdint>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

/// fnv1a is the 64-bit hash of Fowler, Noll and Vo.
std::uint64_t fnv1a(const std::string& name) {
  std::ifstream file{name, std::ios::binary};
  if (!file) throw std::runtime_error{"cannot read " + name};
  std::uint64_t hash = 0xcbf2'9ce4'8422'2325;
  std::array<char, 1 << 16> block{};
  do {
    file.read(block.data(), block.size());
    for (std::streamsize i = 0; i < file.gcount(); ++i) {
      hash = (hash ^ static_cast<unsigned char>(block[static_cast<std::size_t>(i)])) * 0x100'0000'01b3;
    }
  } while (file);
  if (file.bad()) throw std::runtime_error{"cannot read " + name};
  return hash;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> names{argv + 1, argv + argc};
  yoke::pool pool;
  try {
    const auto hashes = pool.map(names, fnv1a, {.chunk = 1});
    for (std::size_t i = 0; i < names.size(); ++i) {
      std::cout << std::hex << std::setfill('0') << std::setw(16) << hashes[i] << "  " << names[i] << '\n';
    }
  } catch (const std::runtime_error& error) {
    std::cerr << "file_hashes: " << error.what() << '\n';
    return 1;
  }
}
