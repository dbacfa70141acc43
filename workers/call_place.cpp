#include "workers/call_place.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <span>

#include <dlfcn.h>
#include <link.h>

namespace yoke::detail {
namespace {

/// file_symbols is what a loaded file exports.
struct file_symbols {
  const ElfW(Sym) * first = nullptr;
  const char* names = nullptr;
  const std::uint32_t* hashes = nullptr;
};

file_symbols symbols_of(const link_map& file) {
  file_symbols found;
  for (const ElfW(Dyn)* each = file.l_ld; each->d_tag != DT_NULL; ++each) {
    // The loader makes addresses of offsets, except in what the kernel brings along.
    const ElfW(Addr) given = each->d_un.d_ptr;
    const ElfW(Addr) at = given < file.l_addr ? file.l_addr + given : given;
    if (each->d_tag == DT_SYMTAB) found.first = reinterpret_cast<const ElfW(Sym)*>(at);
    if (each->d_tag == DT_STRTAB) found.names = reinterpret_cast<const char*>(at);
    if (each->d_tag == DT_GNU_HASH) found.hashes = reinterpret_cast<const std::uint32_t*>(at);
  }
  return found;
}

/// count_of returns how many symbols there are: only their hashes tell. The chain that begins last ends with the last.
std::size_t count_of(const std::uint32_t* hashes) {
  const std::uint32_t bucket_count = hashes[0];
  const std::uint32_t first_hashed = hashes[1];
  const std::uint32_t bloom_words = hashes[2];
  const std::uint32_t* const buckets = hashes + 4 + bloom_words * (sizeof(ElfW(Addr)) / sizeof(std::uint32_t));
  const std::uint32_t* const chains = buckets + bucket_count;
  std::uint32_t last = 0;
  for (std::uint32_t bucket = 0; bucket < bucket_count; ++bucket) last = std::max(last, buckets[bucket]);
  if (last < first_hashed) return 0;
  while ((chains[last - first_hashed] & 1U) == 0) ++last;
  return last + 1;
}

bool covers(const ElfW(Sym) & symbol, ElfW(Addr) offset) {
  const bool is_code = ELF64_ST_TYPE(symbol.st_info) == STT_FUNC || ELF64_ST_TYPE(symbol.st_info) == STT_GNU_IFUNC;
  return is_code && symbol.st_shndx != SHN_UNDEF && offset >= symbol.st_value &&
         offset - symbol.st_value < symbol.st_size;
}

}  // namespace

call_place place_of(std::uintptr_t address) {
  dl_find_object where{};
  if (::_dl_find_object(reinterpret_cast<void*>(address), &where) != 0) return {};
  const link_map& file = *where.dlfo_link_map;
  const bool is_program = *file.l_name == '\0';
  call_place found{.file = is_program ? ::program_invocation_name : file.l_name,
                   .function = nullptr,
                   .offset = address - file.l_addr};
  const file_symbols all = symbols_of(file);
  if (all.first == nullptr || all.names == nullptr || all.hashes == nullptr) return found;
  for (const ElfW(Sym) & each : std::span{all.first, count_of(all.hashes)}) {
    if (!covers(each, found.offset)) continue;
    found.function = all.names + each.st_name;
    found.offset -= each.st_value;
    break;
  }
  return found;
}

}  // namespace yoke::detail
