#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

namespace yoke::detail {

/// most_members is the largest number of members an aggregate may have and still be looked into.
inline constexpr std::size_t most_members = 100;

/// any_member converts to whatever an aggregate's next member is, references and move-only types included. A C array is
/// the exception: nothing converts to one, so braces are elided and each element takes a probe of its own.
struct any_member {
  template <class M>
  operator M&() const&;
  template <class M>
  operator M&&() const&&;
};

/// any_base converts to a proper base of T only: where it initialises T's first element, that element is a base.
template <class T>
struct any_base {
  template <class M>
  requires(std::is_base_of_v<M, T> && !std::is_same_v<M, T>) operator M() const;
};

template <class P, std::size_t>
using repeat = P;

/// takes says whether T{probe x Before, Middle{}..., probe x After} compiles, as a function of index sequences.
template <class T, class... Middle, std::size_t... Before, std::size_t... After>
consteval bool takes(std::index_sequence<Before...>, std::index_sequence<After...>) {
  return requires { T{repeat<any_member, Before>{}..., Middle{}..., repeat<any_member, After>{}...}; };
}

/// takes_braces says whether T{probe x Before, {probe x Inside}, probe x After} compiles.
template <class T, std::size_t... Before, std::size_t... Inside, std::size_t... After>
consteval bool takes_braces(std::index_sequence<Before...>, std::index_sequence<Inside...>,
                            std::index_sequence<After...>) {
  return requires {
    T{repeat<any_member, Before>{}..., {repeat<any_member, Inside>{}...}, repeat<any_member, After>{}...};
  };
}

/// initialiser_count is the number of initialisers T takes with no braces inside, or one more than most_members where
/// there are more; -1 when T takes none at all. Logarithmic where T{} compiles, else most_members instantiations.
template <class T>
consteval int initialiser_count() {
  constexpr auto fits = []<std::size_t N>(std::integral_constant<std::size_t, N>) {
    return takes<T>(std::make_index_sequence<N>{}, std::index_sequence<>{});
  };
  constexpr std::size_t beyond = most_members + 1;
  if constexpr (fits(std::integral_constant<std::size_t, 0>{})) {
    constexpr auto search = [fits]<std::size_t Low, std::size_t High>(auto self, std::index_sequence<Low, High>) {
      if constexpr (High - Low <= 1) {
        return static_cast<int>(Low);
      } else {
        constexpr std::size_t middle = (Low + High) / 2;
        if constexpr (fits(std::integral_constant<std::size_t, middle>{})) {
          return self(self, std::index_sequence<middle, High>{});
        } else {
          return self(self, std::index_sequence<Low, middle>{});
        }
      }
    };
    return search(search, std::index_sequence<0, beyond + 1>{});
  } else {
    int most = -1;
    [&]<std::size_t... N>(std::index_sequence<N...>) {
      ((fits(std::integral_constant<std::size_t, N>{}) ? void(most = static_cast<int>(N)) : void()), ...);
    }
    (std::make_index_sequence<beyond + 1>{});
    return most;
  }
}

/// braces_fit says that T{probe x Before, {probe x Inside}, probe x After} compiles.
template <class T, std::size_t Before, std::size_t Inside, std::size_t After>
concept braces_fit = takes_braces<T>(std::make_index_sequence<Before>{}, std::make_index_sequence<Inside>{},
                                     std::make_index_sequence<After>{});

/// member_at says that the initialiser at index I belongs to an ordinary member, with After more behind it.
///
/// In braces of its own such a member leaves as many initialisers for the rest as without them. It may want none, one
/// or more within the braces; the first number that fits is tried alone, for the others may not compile at all.
template <class T, std::size_t I, std::size_t After>
concept member_at = braces_fit<T, I, 0, After> || braces_fit<T, I, 1, After> || braces_fit<T, I, 2, After> ||
    braces_fit<T, I, 3, After>;

/// is_array_at says whether the initialiser at index I goes to the first element of a C array of two or more: in braces
/// the array swallows all of its elements, so that fewer initialisers are left for the rest. Where nothing in braces
/// fits, it is a reference, or odd, but no array.
template <class T, std::size_t I, std::size_t Count>
consteval bool is_array_at() {
  constexpr std::size_t after = Count - I - 1;
  if constexpr (member_at<T, I, after>) {
    return false;
  } else {
    return []<std::size_t... Fewer>(std::index_sequence<Fewer...>) {
      return ((braces_fit<T, I, 0, Fewer> || braces_fit<T, I, after - Fewer + 1, Fewer>) || ...);
    }
    (std::make_index_sequence<after>{});
  }
}

/// member_shape says what keeps an aggregate from being taken apart into its members, or that nothing does.
enum class member_shape {
  plain,       ///< nothing: its members are its initialisers, one for one
  base_class,  ///< it has a base class
  c_array,     ///< a member is a C array of two or more
  too_many,    ///< it has more than most_members members
  opaque,      ///< a member can be initialised by nothing but braces: it cannot be moved, or is a union without a name
};

template <class T>
consteval member_shape shape_of_members() {
  constexpr int count = initialiser_count<T>();
  if constexpr (count < 0 || !std::is_move_constructible_v<T>) {
    return member_shape::opaque;
  } else {
    constexpr auto n = static_cast<std::size_t>(count);
    constexpr bool more_in_braces =
        takes_braces<T>(std::make_index_sequence<n>{}, std::index_sequence<>{}, std::index_sequence<>{});
    constexpr auto has_array = []<std::size_t... I>(std::index_sequence<I...>) {
      return (is_array_at<T, I, n>() || ...);
    };
    if constexpr (n > 0) {
      if (takes<T, any_base<T>>(std::index_sequence<>{}, std::make_index_sequence<n - 1>{})) {
        return member_shape::base_class;
      }
    }
    if (has_array(std::make_index_sequence<n>{})) return member_shape::c_array;
    if (n > most_members) return member_shape::too_many;
    return more_in_braces ? member_shape::opaque : member_shape::plain;
  }
}

}  // namespace yoke::detail
