#include "bench/runner/cell_plan.hpp"

#include "bench/workloads/digest.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace yoke::bench {
namespace {

void add_pools(const plan_request& request, const workload& load, yoke::backend backend, std::vector<cell_plan>& to) {
  std::vector<int> counts = request.workers;
  counts.push_back(1);
  std::ranges::sort(counts);
  counts.erase(std::ranges::unique(counts).begin(), counts.end());
  const std::uint64_t items = load.items(request.size);
  for (const int workers : counts) {
    cell_plan cell{.load = &load, .backend = backend, .workers = workers, .much = {request.size, items}};
    to.push_back(cell);
    if (!load.scales) continue;
    if (request.weak && workers > 1) {
      cell.shows = scaling::weak;
      cell.much.items = items * static_cast<std::uint64_t>(workers);
      to.push_back(cell);
    }
    if (load.item_seconds == 0 && items > 4) {
      cell.shows = scaling::count;
      cell.much.items = items / 4;
      to.push_back(cell);
    }
  }
}

}  // namespace

std::vector<cell_plan> cells_of(const plan_request& request) {
  std::vector<cell_plan> cells;
  for (const workload* const load : request.loads) {
    cells.push_back({.load = load, .much = {request.size, load->items(request.size)}});
    for (const yoke::backend backend : request.backends) {
      if (backend != yoke::backend::serial) add_pools(request, *load, backend, cells);
    }
  }
  return cells;
}

std::vector<std::size_t> shuffled(std::size_t cells, std::uint64_t seed, std::uint64_t block) {
  std::vector<std::size_t> order(cells);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::uint64_t state = mixed(seed) ^ mixed(~block);
  for (std::size_t left = cells; left > 1; --left) {
    state = mixed(state);
    std::swap(order[left - 1], order[state % left]);
  }
  return order;
}

}  // namespace yoke::bench
