#pragma once

#include <yoke/detail/byte_sink.hpp>

#include "workers/kernels/flag.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <stdexcept>
#include <string_view>

namespace yoke::kernels {

using bytes = std::span<const std::byte>;

/// text shows bytes as characters, without a copy.
inline std::string_view text(bytes of) { return {reinterpret_cast<const char*>(of.data()), of.size()}; }

/// as_bytes shows characters as bytes, without a copy.
inline bytes as_bytes(std::string_view of) { return {reinterpret_cast<const std::byte*>(of.data()), of.size()}; }

/// bad_operand says that a kernel's options or operands make no sense; what() names the word and the cure.
class bad_operand : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// output is where a kernel's answer goes. write throws when the bytes cannot be delivered.
class output {
 public:
  virtual ~output() = default;
  virtual void write(bytes data) = 0;
};

/// combiner lives in the coordinator: it takes the results of all blocks and writes the answer.
class combiner {
 public:
  virtual ~combiner() = default;

  /// add takes one block's result; its bytes are valid during the call only.
  virtual void add(bytes block_result) = 0;

  /// finish writes what is left and returns the exit status: 0, or 1 for the kernel's negative answer.
  virtual int finish() = 0;
};

/// kernel is a function over records, made from its command line once, before any worker is started.
///
/// Workers inherit the finished object by address, so that a regular expression is compiled once. A kernel never
/// changes while it runs: what it learns from a block belongs to that block's result, never to a worker, and the same
/// block always gives the same bytes.
class kernel {
 public:
  virtual ~kernel() = default;

  /// run appends to `result` what the kernel makes of one block.
  ///
  /// A block is a run of whole records of one file: it ends with a newline, unless it is the file's last. May be called
  /// in many workers, or threads, at once.
  virtual void run(bytes block, detail::byte_sink& result) const = 0;

  /// needs_order tells whether the answer depends on the order in which results are added.
  [[nodiscard]] virtual bool needs_order() const { return false; }

  /// collect returns a fresh combiner that writes to `to`, which must outlive it.
  [[nodiscard]] virtual std::unique_ptr<combiner> collect(output& to) const = 0;
};

/// kernel_spec is one line in the table of kernels: what users see of it, and how it is made.
struct kernel_spec {
  std::string_view name;
  std::string_view summary;                    ///< one line, for the list
  std::span<const std::string_view> operands;  ///< what stands before the files, such as "REGEX"
  std::span<const flag> flags;
  std::string_view notes;  ///< what --help says besides: exact semantics, in short paragraphs

  /// make checks the words and builds the kernel. Throws bad_operand.
  std::unique_ptr<kernel> (*make)(const words& given);
};

/// built_in lists the kernels that come with yoke, in the order in which they are shown.
std::span<const kernel_spec> built_in();

/// find_kernel returns the built-in kernel of that name, or null. It finds `fault` as well, which is for tests and
/// which no list shows.
const kernel_spec* find_kernel(std::string_view name);

}  // namespace yoke::kernels
