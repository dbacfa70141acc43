#pragma once

#include "workers/kernels/flag.hpp"

#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace yoke::cli {

using kernels::flag;
using kernels::given_flag;
using kernels::words;

/// operand_place says where options may stand.
enum class operand_place : unsigned char {
  behind_options,  ///< the first operand ends the options: what follows belongs to a subcommand or kernel
  anywhere,        ///< options and operands may mix, until --
};

/// command_syntax is what parse_words has to know of a command.
struct command_syntax {
  std::string_view name;  ///< as messages name it: "yoke map wc"
  std::span<const flag> flags;
  operand_place operands = operand_place::anywhere;
  /// cure explains an option that this command does not have, where more can be said than the nearest name; it gets
  /// the option with its dashes.
  std::function<std::string(std::string_view)> cure = {};
};

/// parse_words reads options by the flag table as getopt_long does: -j4, -j 4, --block=1M, --block 1M, -cv; the words
/// keep pointing into `arguments`, which are put into another order where options and operands mix. Values and
/// operands are any bytes. Throws usage_error that names the nearest option, or the missing argument.
words parse_words(const command_syntax& syntax, std::span<char*> arguments);

/// describe_flags formats a flag table for --help, one flag a line.
std::string describe_flags(std::span<const flag> flags);

/// help_flag is in every table.
inline constexpr flag help_flag{'h', "help", "", "print this help and exit"};

}  // namespace yoke::cli
