// crypt(3) keeps its result and its state in static memory, so the manual wants one call at a time in a process. Every
// task takes the lock that this asks for; in a process of its own nobody else does.
#include "bench/workloads/all_workloads.hpp"
#include "bench/workloads/digest.hpp"
#include "bench/workloads/item_work.hpp"

#include <cstring>
#include <mutex>
#include <stdexcept>
#include <string>

#include <crypt.h>

namespace yoke::bench {
namespace {

std::mutex one_call_at_a_time;

std::uint64_t passwords(problem_size size) { return by_size<std::uint64_t>(size, 8, 400, 4000); }

std::uint64_t hash_password(problem_size /*size*/, std::uint64_t item) {
  const std::string password = "correct horse " + std::to_string(item);
  const std::lock_guard held{one_call_at_a_time};
  const char* const hashed = ::crypt(password.c_str(), "$6$rounds=1000$yoke");
  if (hashed == nullptr || hashed[0] != '$') throw std::runtime_error{"crypt(3) does not know SHA-512 here"};
  return digest_of_bytes(std::as_bytes(std::span{hashed, std::strlen(hashed)}));
}

}  // namespace

workload password_hash() {
  return with_numbers({.name = "crypt",
                       .summary = "a C library that only one thread may call: crypt(3)",
                       .family = "processes win",
                       .bound_by = {}},
                      hash_password, passwords);
}

}  // namespace yoke::bench
