#include "capture/capture_check.hpp"

#include "memory/segment.hpp"
#include "support/temporary_folder.hpp"
#include "sys/error.hpp"
#include "sys/file_descriptor.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <dlfcn.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

namespace yoke::detail {
namespace {

int a_variable = 1;
int an_empty_variable;
const int a_constant = 7;
int a_function(int x) { return x + 1; }

struct with_a_vtable {
  virtual ~with_a_vtable() = default;
  virtual int call() const { return 1; }
};

std::uintptr_t address_of(const void* pointer) { return reinterpret_cast<std::uintptr_t>(pointer); }

/// Checks callables as a pool built at the start of the test would.
struct capture_check : testing::Test {
  image_list images = image_list::take();
  std::vector<address_range> segments;

  template <class T>
  capture_verdict check(const T& callable) const {
    const auto bytes = std::as_bytes(std::span(&callable, 1));
    const capture_verdict verdict = check_words(bytes, images, segments);
    EXPECT_EQ(verdict.describe(), check_words(bytes, images, segments, memory_map::read()).describe())
        << "the two ways to check must agree";
    return verdict;
  }
};

/// A library that no test program is linked with.
struct late_library {
  void* handle = ::dlopen("libthread_db.so.1", RTLD_LAZY | RTLD_LOCAL);
  ~late_library() {
    if (handle != nullptr) ::dlclose(handle);
  }
  [[nodiscard]] void* code() const { return ::dlsym(handle, "td_init"); }
};

TEST_F(capture_check, allows_what_holds_no_whole_word) {
  EXPECT_TRUE(check_words({}, images, segments).allowed());
  EXPECT_TRUE(check([] {}).allowed());
  int local = 0;
  std::array<std::byte, 7> cut{};
  const int* const pointer = &local;
  std::memcpy(cut.data(), &pointer, cut.size());
  EXPECT_TRUE(check(cut).allowed());
}

TEST_F(capture_check, allows_numbers) {
  EXPECT_TRUE(check(std::array<std::uint64_t, 6>{0, 1, 65535, UINT64_MAX, std::uint64_t{1} << 47, 0x8000000000000000})
                  .allowed());
  EXPECT_TRUE(check(std::array<double, 4>{1.0, -2.5e300, 3.14159, -0.0}).allowed());
  EXPECT_TRUE(check(std::array<std::int64_t, 3>{-1, -65536, INT64_MIN}).allowed());
}

TEST_F(capture_check, allows_a_number_that_is_the_address_of_nothing) {
  void* const nothing = ::mmap(nullptr, page_size(), PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(nothing, MAP_FAILED);
  ASSERT_EQ(::munmap(nothing, page_size()), 0);
  EXPECT_TRUE(check(nothing).allowed());
  EXPECT_TRUE(check(std::int64_t{5'000'000'000}).allowed());
}

TEST_F(capture_check, allows_functions_constants_and_vtables_of_the_program_and_its_libraries) {
  EXPECT_TRUE(check(&a_function).allowed());
  EXPECT_TRUE(check(&a_constant).allowed());
  EXPECT_TRUE(check("a literal" + 0).allowed());
  EXPECT_TRUE(check(with_a_vtable()).allowed());
  EXPECT_TRUE(check(&std::strlen).allowed());
}

TEST_F(capture_check, allows_pointers_into_the_segment) {
  segment memory(segment::home::shared, std::size_t{1} << 20, std::size_t{1} << 20);
  EXPECT_EQ(check(memory.base()).where, pointee::shared_memory);
  segments.push_back({address_of(memory.base()), address_of(memory.base() + memory.size())});
  EXPECT_TRUE(check(memory.base()).allowed());
  EXPECT_TRUE(check(memory.base() + memory.size() - 1).allowed());
}

TEST_F(capture_check, refuses_references_to_local_variables) {
  int local = 0;
  const double factor = 2.0;
  const auto by_reference = [factor, &local] { return factor * local; };
  const capture_verdict verdict = check(by_reference);
  EXPECT_FALSE(verdict.allowed());
  EXPECT_TRUE(verdict.is_private_writable());
  EXPECT_EQ(verdict.describe(), "word 1 points into the stack");
}

TEST_F(capture_check, refuses_pointers_into_the_heap) {
  const auto number = std::make_unique<int>(1);
  const int* const pointer = number.get();
  const capture_verdict verdict = check([pointer] { return *pointer; });
  EXPECT_TRUE(verdict.is_private_writable());
  EXPECT_NE(verdict.describe().find("word 0 points into the heap"), std::string::npos) << verdict.describe();
}

TEST_F(capture_check, refuses_pointers_into_large_heap_blocks) {
  const std::vector<char> large(std::size_t{4} << 20);
  const capture_verdict verdict = check(large.data());
  EXPECT_EQ(verdict.where, pointee::anonymous);
  EXPECT_TRUE(verdict.is_private_writable());
}

TEST_F(capture_check, refuses_pointers_to_global_variables) {
  for (const int* const variable : {&a_variable, &an_empty_variable}) {
    const capture_verdict verdict = check(variable);
    EXPECT_EQ(verdict.where, pointee::variables);
    EXPECT_TRUE(verdict.is_private_writable());
    EXPECT_NE(verdict.describe().find("global or static variables of "), std::string::npos) << verdict.describe();
  }
}

TEST_F(capture_check, refuses_pointers_into_mapped_files_and_names_them) {
  const yoke_test::temporary_folder folder;
  const std::string path = folder.path() / "data";
  std::ofstream(path) << "some bytes";
  const file_descriptor file(detail::check(::open(path.c_str(), O_RDWR | O_CLOEXEC), "open"));
  const auto verdict_on_mapping = [&](int protection, int flags) {
    void* const memory = ::mmap(nullptr, 10, protection, flags, file.get(), 0);
    EXPECT_NE(memory, MAP_FAILED);
    const capture_verdict verdict = check(memory);
    ::munmap(memory, 10);
    return verdict;
  };
  const auto writable = verdict_on_mapping(PROT_READ | PROT_WRITE, MAP_PRIVATE);
  EXPECT_EQ(writable.describe(), "word 0 points into a private writable mapping of " + path);
  EXPECT_TRUE(writable.is_private_writable());
  const auto read_only = verdict_on_mapping(PROT_READ, MAP_PRIVATE);
  EXPECT_EQ(read_only.describe(), "word 0 points into a read-only mapping of " + path);
  EXPECT_FALSE(read_only.is_private_writable());
  const auto shared = verdict_on_mapping(PROT_READ | PROT_WRITE, MAP_SHARED);
  EXPECT_EQ(shared.describe(), "word 0 points into shared memory (" + path + ") that is not the pool's");
  EXPECT_FALSE(shared.is_private_writable());
}

TEST_F(capture_check, refuses_functions_of_libraries_loaded_later_and_names_them) {
  const late_library library;
  ASSERT_NE(library.code(), nullptr);
  const capture_verdict verdict = check(library.code());
  EXPECT_EQ(verdict.where, pointee::later_library);
  EXPECT_FALSE(verdict.is_private_writable());
  EXPECT_NE(verdict.describe().find("a shared library loaded after the pool was built: /"), std::string::npos);
  EXPECT_NE(verdict.file.find("libthread_db.so.1"), std::string::npos) << verdict.describe();
}

TEST_F(capture_check, allows_functions_of_libraries_that_were_loaded_before) {
  const late_library library;
  images = image_list::take();
  EXPECT_TRUE(check(library.code()).allowed());
}

TEST_F(capture_check, still_allows_what_stayed_after_another_library_was_unloaded) {
  { const late_library library; }
  EXPECT_TRUE(check(&a_function).allowed());
  EXPECT_TRUE(check(with_a_vtable()).allowed());
  int local = 0;
  EXPECT_FALSE(check(&local).allowed());
}

TEST_F(capture_check, does_not_mistake_what_replaced_an_unloaded_library_for_it) {
  std::uintptr_t code = 0;
  {
    const late_library library;
    ASSERT_NE(library.code(), nullptr);
    images = image_list::take();
    code = address_of(library.code());
  }
  EXPECT_TRUE(check(code).allowed()) << "it points into no mapping now";
  void* const page = reinterpret_cast<void*>(code & ~(page_size() - 1));
  void* const replacement =
      ::mmap(page, page_size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  ASSERT_EQ(replacement, page);
  EXPECT_EQ(check(code).where, pointee::anonymous);
  EXPECT_FALSE(in_image_loaded_at_fork(reinterpret_cast<const void*>(code), images));
  ::munmap(page, page_size());
}

TEST_F(capture_check, names_the_first_word_at_fault_but_private_writable_memory_before_others) {
  const late_library library;
  int local = 0;
  const std::array<std::uintptr_t, 4> words{1, address_of(library.code()), address_of(&local), address_of(&a_variable)};
  EXPECT_EQ(check(words).word, 2u);
  EXPECT_EQ(check(std::array<std::uintptr_t, 3>{1, address_of(library.code()), 3}).word, 1u);
}

TEST_F(capture_check, takes_bytes_that_are_not_aligned) {
  int local = 0;
  const int* const pointer = &local;
  std::array<std::byte, 24> buffer{};
  std::memcpy(buffer.data() + 9, &pointer, sizeof pointer);
  EXPECT_FALSE(check_words(std::span(buffer).subspan(1), images, segments).allowed());
}

TEST_F(capture_check, allows_pointers_to_memory_that_nobody_can_access) {
  void* const fence = ::mmap(nullptr, page_size(), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(fence, MAP_FAILED);
  EXPECT_TRUE(check(fence).allowed());
  ::munmap(fence, page_size());
}

TEST_F(capture_check, refuses_constants_and_functions_where_images_lie_elsewhere) {
  const auto look_at = [&](std::uintptr_t word) {
    return check_words(std::as_bytes(std::span(&word, 1)), images, segments, images_lie::elsewhere);
  };
  for (const std::uintptr_t word : {address_of(&a_constant), reinterpret_cast<std::uintptr_t>(&a_function)}) {
    EXPECT_EQ(look_at(word).where, pointee::constants);
    EXPECT_FALSE(look_at(word).is_private_writable());
    EXPECT_NE(look_at(word).describe().find("the constants or functions of"), std::string::npos);
  }
  EXPECT_EQ(look_at(address_of(&a_variable)).where, pointee::variables);
  EXPECT_TRUE(look_at(12345).allowed());
}

TEST(in_image_loaded_at_fork, is_true_for_code_only_and_only_of_what_was_loaded) {
  const image_list images = image_list::take();
  const late_library library;
  ASSERT_NE(library.code(), nullptr);
  EXPECT_TRUE(in_image_loaded_at_fork(reinterpret_cast<const void*>(&a_function), images));
  EXPECT_TRUE(in_image_loaded_at_fork(reinterpret_cast<const void*>(&std::strtol), images));
  EXPECT_FALSE(in_image_loaded_at_fork(&a_constant, images));
  EXPECT_FALSE(in_image_loaded_at_fork(&a_variable, images));
  EXPECT_FALSE(in_image_loaded_at_fork(library.code(), images));
  EXPECT_FALSE(in_image_loaded_at_fork(nullptr, images));
}

}  // namespace
}  // namespace yoke::detail
