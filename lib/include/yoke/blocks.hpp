#pragma once

#include <yoke/detail/index_iterator.hpp>

#include <algorithm>
#include <cstddef>
#include <stdexcept>

namespace yoke {
inline namespace v0 {

/// block is a rectangle of a two-dimensional index space: rows [row_begin, row_end), columns [col_begin, col_end).
struct block {
  std::size_t row_begin = 0;
  std::size_t row_end = 0;
  std::size_t col_begin = 0;
  std::size_t col_end = 0;

  [[nodiscard]] constexpr std::size_t rows() const { return row_end - row_begin; }
  [[nodiscard]] constexpr std::size_t cols() const { return col_end - col_begin; }
  [[nodiscard]] constexpr std::size_t area() const { return rows() * cols(); }
  bool operator==(const block&) const = default;
};

/// block_grid is the range of the blocks that cover a rows x cols index space, row by row of blocks. The last ones of
/// each direction are smaller where the sizes do not divide.
class block_grid {
 public:
  using iterator = detail::index_iterator<block_grid>;

  block_grid() = default;
  block_grid(std::size_t rows, std::size_t cols, std::size_t block_rows, std::size_t block_cols)
      : rows_{rows}, cols_{cols}, block_rows_{block_rows}, block_cols_{block_cols} {
    if (block_rows == 0 || block_cols == 0)
      throw std::invalid_argument{"yoke: a block has at least 1 row and 1 column"};
  }

  /// down and across are how many blocks there are in each direction; size is their product.
  [[nodiscard]] constexpr std::size_t down() const { return pieces(rows_, block_rows_); }
  [[nodiscard]] constexpr std::size_t across() const { return pieces(cols_, block_cols_); }
  [[nodiscard]] constexpr std::size_t size() const { return down() * across(); }

  /// Block `index` is in row index / across() and column index % across() of the blocks.
  [[nodiscard]] constexpr block operator[](std::size_t index) const {
    const std::size_t row = index / across() * block_rows_;
    const std::size_t col = index % across() * block_cols_;
    return {.row_begin = row,
            .row_end = row + std::min(block_rows_, rows_ - row),
            .col_begin = col,
            .col_end = col + std::min(block_cols_, cols_ - col)};
  }

  [[nodiscard]] iterator begin() const { return {*this, 0}; }
  [[nodiscard]] iterator end() const { return {*this, size()}; }

 private:
  static constexpr std::size_t pieces(std::size_t length, std::size_t piece) {
    return length / piece + (length % piece != 0 ? 1 : 0);
  }

  std::size_t rows_ = 0;
  std::size_t cols_ = 0;
  std::size_t block_rows_ = 1;
  std::size_t block_cols_ = 1;
};

/// blocks cuts a rows x cols index space into blocks, for map and for_each: nested loops as one range of items.
///
///     auto parts = pool.map(yoke::blocks(height, width, 64, 64), [=](const yoke::block& part) { return render(part);
///     });
///
/// Results are in the order of the blocks. Throws std::invalid_argument for blocks without rows or columns.
inline block_grid blocks(std::size_t rows, std::size_t cols, std::size_t block_rows, std::size_t block_cols) {
  return {rows, cols, block_rows, block_cols};
}

}  // namespace v0
}  // namespace yoke
