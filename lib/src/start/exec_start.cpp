#include "start/exec_start.hpp"

#include <yoke/errors.hpp>

#include "start/entry_state.hpp"
#include "start/handshake.hpp"
#include "start/spawn_launcher.hpp"
#include "sys/clock.hpp"
#include "sys/error.hpp"
#include "sys/process.hpp"
#include "sys/socket.hpp"
#include "workers/worker_environment.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <system_error>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace yoke::detail {
namespace {

constexpr std::chrono::seconds patience{2};
constexpr int dying_ms = 100;  // between the end of a process's socket and its own
constexpr int most_tries = 5;  // each with other addresses

/// started_program is a program from its start to its answer, and is ended where it gives none.
class started_program {
 public:
  started_program(const std::string& file, const std::string& name, const worker_environment& changes);
  ~started_program() { end(); }
  started_program(const started_program&) = delete;
  started_program& operator=(const started_program&) = delete;

  void invite(const worker_plan& plan, const program_to_start& program);
  /// await_answer returns nothing where none comes: the program has ended, or time is up.
  [[nodiscard]] std::optional<answer> await_answer();
  /// describe_end says, after await_answer() returned nothing, what the program did instead.
  [[nodiscard]] std::string describe_end();
  /// leave_to_itself takes the status of the program, which has forked the supervisor and ends.
  file_descriptor leave_to_itself();

 private:
  void end() noexcept;

  boost::asio::io_context context_;
  boost::process::v2::basic_process<boost::asio::io_context::executor_type> process_{context_.get_executor()};
  file_descriptor watch_;  // a pidfd
  file_descriptor socket_;
};

std::vector<std::string> environment_for_the_program(const worker_environment& changes) {
  std::vector<std::string> all = first_environment();
  changes.apply_to(all);
  const std::string mark = std::string{control_variable} + "=";
  std::erase_if(all, [&](const std::string& entry) { return entry.starts_with(mark); });
  all.push_back(mark + std::to_string(spawn_launcher::control_number));
  return all;
}

started_program::started_program(const std::string& file, const std::string& name, const worker_environment& changes) {
  std::vector<std::string> environment = environment_for_the_program(changes);
  std::vector<char*> entries;
  entries.reserve(environment.size() + 1);
  for (std::string& entry : environment) entries.push_back(entry.data());
  entries.push_back(nullptr);
  auto [ours, theirs] = make_seqpacket_pair();
  boost::process::v2::error_code error;
  socket_ = std::move(ours);
  process_ = spawn_launcher{theirs.get(), entries.data(), watch_}(context_, error, file, name);
  if (error && error.value() != ESRCH) {
    throw start_error{
        fmt::format("the worker program {} could not be started ({}): it has to be an executable file "
                    "for this machine, and the limit on processes (ulimit -u) must allow it",
                    name, error.message())};
  }
}

void started_program::invite(const worker_plan& plan, const program_to_start& program) {
  const file_descriptor self = pidfd_open(::getpid());
  const std::array attached{plan.home->descriptor(), plan.news, self.get()};
  const welcome offer{.base = plan.home->base(),
                      .size = plan.home->size(),
                      .shape = plan.layout->shape(),
                      .limits = plan.limits,
                      .hooks = plan.hooks,
                      .images = program.images.data(),
                      .image_count = program.images.size(),
                      .other_program = !program.file.empty()};
  send_message(socket_.get(), greeting{.layout = layout_fingerprint()});
  send_message(socket_.get(), offer, attached);
}

std::optional<answer> started_program::await_answer() {
  if (process_.id() <= 0) return std::nullopt;
  const auto deadline = deadline_after(patience);
  std::array<pollfd, 2> watched{{{socket_.get(), POLLIN, 0}, {watch_.get(), POLLIN, 0}}};
  const int ready = retry_on_interrupt([&] {
    const timespec left = to_timespec(std::max(std::chrono::nanoseconds{0}, deadline - monotonic_now()));
    return ::ppoll(watched.data(), watched.size(), &left, nullptr);
  });
  if (ready <= 0 || (watched[0].revents & POLLIN) == 0) return std::nullopt;
  answer got;
  if (receive_message(socket_.get(), got) != packet_status::done) return std::nullopt;
  return got;
}

std::string started_program::describe_end() {
  if (process_.id() <= 0) return "ended without an answer";
  siginfo_t ended{};
  const auto pid = static_cast<id_t>(process_.id());
  pollfd watched{watch_.get(), POLLIN, 0};
  const bool over = retry_on_interrupt([&] { return ::poll(&watched, 1, dying_ms); }) > 0;
  if (!over) return "did not answer within 2 s";
  // A host that ignores SIGCHLD, or waits for any child, has the status: then it is not known here.
  if (::waitid(P_PID, pid, &ended, WEXITED | WNOHANG | WNOWAIT) != 0 || ended.si_pid == 0) {
    return "ended without an answer";
  }
  if (ended.si_code == CLD_EXITED) return fmt::format("ended with status {} and without an answer", ended.si_status);
  return fmt::format("was ended by {} before it answered", name_of_signal(ended.si_status));
}

file_descriptor started_program::leave_to_itself() {
  boost::process::v2::error_code ignored;  // the host may have taken the status
  process_.wait(ignored);
  static_cast<void>(process_.detach());
  return std::move(socket_);
}

void started_program::end() noexcept {
  const pid_t pid = process_.id();
  if (pid <= 0) return;
  siginfo_t state{};
  // As long as it is not reaped, the number of its group is its own.
  if (::waitid(P_PID, static_cast<id_t>(pid), &state, WEXITED | WNOHANG | WNOWAIT) == 0) ::kill(-pid, SIGKILL);
}

[[noreturn]] void refuse(const answer& got, const program_to_start& program, const std::string& name) {
  switch (got.what) {
    case answer::other_layout:
      throw start_error{
          fmt::format("the worker program {} is linked with another version of yoke than this one ({}): "
                      "build both with the same",
                      name, YOKE_VERSION)};
    case answer::address_taken:
      throw start_error{
          fmt::format("in the worker program {} something else lies where the pool's memory has to be, in "
                      "each of {} tries: does it map memory at fixed addresses before main?",
                      name, most_tries)};
    case answer::other_build:
      for (const image_note& note : program.images) {
        if (note.is_acceptable(!program.file.empty())) continue;
        throw start_error{
            fmt::format("{} in the worker program {} is another build than the one in this program: it "
                        "was replaced since this program started, or is found elsewhere; start this "
                        "program anew, or build both with the same",
                        note.image.name(), name)};
      }
      [[fallthrough]];
    default:
      throw start_error{fmt::format("the worker program {} could not take over the pool's memory ({})", name,
                                    std::generic_category().message(static_cast<int>(got.error)))};
  }
}

std::string own_name() {
  std::array<char, 4096> path{};
  const ssize_t length = ::readlink("/proc/self/exe", path.data(), path.size());
  return length > 0 ? std::string(path.data(), static_cast<std::size_t>(length)) : "/proc/self/exe";
}

}  // namespace

file_descriptor start_program(const worker_plan& plan, const program_to_start& program) {
  // Not by its name: that may lead to another file by now.
  const std::string file = program.file.empty() ? "/proc/self/exe" : program.file;
  const std::string name = program.file.empty() ? own_name() : program.file;
  try {
    for (int tries = 1;; ++tries) {
      started_program started{file, name, *plan.environment};
      started.invite(plan, program);
      const std::optional<answer> got = started.await_answer();
      if (!got) {
        throw start_error{
            fmt::format("the worker program {} {}: its main has to begin with\n  {}\nand what runs before "
                        "main has to be quick",
                        name, started.describe_end(), entry_line)};
      }
      if (got->what == answer::ready) return started.leave_to_itself();
      if (got->what != answer::address_taken || tries == most_tries) refuse(*got, program, name);
    }
  } catch (const boost::system::system_error& lack) {
    throw start_error{fmt::format("the worker program {} could not be started ({})", name, lack.what())};
  } catch (const std::system_error& lack) {
    throw start_error{fmt::format("the worker program {} could not be started ({})", name, lack.what())};
  }
}

}  // namespace yoke::detail
