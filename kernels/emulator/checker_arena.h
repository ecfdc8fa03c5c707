// Device memory of the checked build: one large range of addresses, so that an address leads to its allocation and to
// its shadow cells by arithmetic alone.
#pragma once

#include "checker.h"

namespace emu {
inline namespace EMU_VARIANT {

// What the checker needs to know of an allocation. It outlives its memory: an address keeps its last owner until the
// memory is given to another, which happens as late as possible.
struct Owner {
  uintptr_t start, end;
  bool live;
};

class Arena {
 public:
  static constexpr size_t granule = 256;  // allocations begin at multiples, as those of cuMemAlloc do

  uintptr_t allocate(size_t bytes);  // 0 where the arena is full
  void release(uintptr_t start);

  bool contains(uintptr_t address) const { return address - start < bytes; }
  Owner* owner_of(uintptr_t address) const { return owners[(address - start) / granule]; }
  Cell& cell_of(uintptr_t address) const { return cells[(address - start) / 4]; }

  // Forgets all accesses ever made.
  void clear_cells();

 private:
  bool reserve();
  uintptr_t reuse(size_t bytes);

  uintptr_t start = 0;
  size_t bytes = 0;
  uintptr_t next = 0;        // everything from here on was never used
  Owner** owners = nullptr;  // by granule
  Cell* cells = nullptr;     // by word
  struct Freed;
  Freed* freed = nullptr;
};

extern Arena& arena;

}  // namespace EMU_VARIANT
}  // namespace emu
