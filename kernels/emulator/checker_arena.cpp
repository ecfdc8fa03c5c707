#include "checker_arena.h"

#include <sys/mman.h>

#include <deque>

namespace emu {
inline namespace EMU_VARIANT {

// Memory that was released, oldest in front: it is given out again only when the arena has no fresh addresses left, so
// that a kernel which still uses it is caught.
struct Arena::Freed {
  std::deque<Owner*> blocks;
};

Arena& arena = *new Arena;

// Addresses only; pages get memory when they are first touched.
static void* reserve_addresses(size_t size) {
  void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return memory == MAP_FAILED ? nullptr : memory;
}

static size_t round_up(size_t size) { return (size + Arena::granule - 1) / Arena::granule * Arena::granule; }

bool Arena::reserve() {
  for (size_t size = size_t(16) << 30; size >= size_t(64) << 20; size /= 2) {
    size_t owner_bytes = size / granule * sizeof(Owner*), cell_bytes = size / 4 * sizeof(Cell);
    void* all = reserve_addresses(size + owner_bytes + cell_bytes);
    if (!all) continue;
    start = next = reinterpret_cast<uintptr_t>(all);
    bytes = size;
    owners = reinterpret_cast<Owner**>(start + size);
    cells = reinterpret_cast<Cell*>(start + size + owner_bytes);
    freed = new Freed;
    return true;
  }
  return false;
}

uintptr_t Arena::allocate(size_t size) {
  if (start == 0 && !reserve()) return 0;
  size_t rounded = round_up(size ? size : 1) + granule;  // at least one granule stays nobody's, as a gap
  uintptr_t address = 0;
  if (rounded <= start + bytes - next) {
    address = next;
    next += rounded;
  } else {
    address = reuse(rounded);
    if (address == 0) return 0;
  }
  Owner* owner = new Owner{address, address + size, true};
  for (uintptr_t at = address; at < address + round_up(size); at += granule) owners[(at - start) / granule] = owner;
  return address;
}

// The oldest that is large enough. Its owner is forgotten, and what is left of it is lost: by then 16 GB were
// allocated.
uintptr_t Arena::reuse(size_t rounded) {
  for (auto at = freed->blocks.begin(); at != freed->blocks.end(); ++at) {
    Owner* owner = *at;
    if (round_up(owner->end - owner->start) + granule < rounded) continue;
    freed->blocks.erase(at);
    uintptr_t address = owner->start;
    for (uintptr_t a = address; a < owner->end; a += granule) owners[(a - start) / granule] = nullptr;
    std::memset(&cell_of(address), 0, (owner->end - owner->start) / 4 * sizeof(Cell));
    delete owner;
    return address;
  }
  return 0;
}

void Arena::release(uintptr_t address) {
  Owner* owner = owner_of(address);
  owner->live = false;
  freed->blocks.push_back(owner);
  // Whole pages go back to the system, of the memory and of its shadow.
  constexpr uintptr_t page = 16384;
  auto drop = [](uintptr_t from, uintptr_t to) {
    from = (from + page - 1) / page * page;
    to = to / page * page;
    if (from < to) madvise(reinterpret_cast<void*>(from), to - from, MADV_DONTNEED);
  };
  drop(owner->start, owner->end);
  drop(reinterpret_cast<uintptr_t>(&cell_of(owner->start)), reinterpret_cast<uintptr_t>(&cell_of(owner->end)));
}

void Arena::clear_cells() {
  if (start) madvise(cells, bytes / 4 * sizeof(Cell), MADV_DONTNEED);
}

}  // namespace EMU_VARIANT
}  // namespace emu
