#pragma once

#include "sys/file_descriptor.hpp"
#include "workers/kernels/kernel.hpp"

#include <string>

namespace yoke::cli {

/// output_file is where an answer goes: stdout, or a file that is replaced whole by commit(), or not at all.
///
/// A file is written without a name beside its place (O_TMPFILE), so that nothing is left whatever ends the program;
/// where the file system cannot do that, under a temporary name. What exists and is no regular file, such as a FIFO or
/// a device, is written through.
class output_file final : public kernels::output {
 public:
  /// An empty name is stdout. Throws io_error.
  explicit output_file(const std::string& name);
  ~output_file() override;
  output_file(const output_file&) = delete;
  output_file& operator=(const output_file&) = delete;

  /// name is what messages call it.
  [[nodiscard]] const std::string& name() const { return name_; }

  /// replaces tells whether commit() replaces a file; else what is written has arrived already.
  [[nodiscard]] bool replaces() const { return !target_.empty(); }

  /// write writes all of it. Throws io_error.
  void write(kernels::bytes data) override;

  /// commit makes the file appear under its name, or closes stdout: errors that the system kept back show up here.
  /// Throws io_error.
  void commit();

 private:
  void open_replacement();
  void put_in_place();
  [[noreturn]] void fail(const std::string& doing) const;

  std::string name_;       // for messages
  std::string target_;     // the file to be replaced, links resolved; empty where bytes are written through
  std::string temporary_;  // a name that has to go again
  bool existed_ = false;
  detail::file_descriptor opened_;
  int descriptor_;
};

}  // namespace yoke::cli
