#include "checker.h"

#include <dlfcn.h>

#include <algorithm>
#include <cstdio>
#include <mutex>

#include "checker_arena.h"
#include "checker_shared.h"
#include "faults.h"
#include "launch.h"
#include "memory.h"

namespace emu {
inline namespace EMU_VARIANT {

namespace {

struct BlockRecord {
  uint32_t first_interval;
  uint32_t published_until;  // the interval of its last __threadfence; 0: none
  uint64_t index;
};

// Of the launch under way. There is one at a time.
struct Checker {
  BlockRunner* runner = nullptr;
  const char* code = nullptr;  // where the kernels' library lies
  const SharedLayout* layout = nullptr;
  uint32_t interval = 0;
  uint32_t first_of_launch = 0, first_of_block = 0;
  bool has_seen_atomic = false;  // the present block has done an atomic
  bool strict = true;
  std::vector<BlockRecord> blocks;  // in the order in which they ran
  uintptr_t static_start = 0, dynamic_start = 0;
  size_t static_bytes = 0, dynamic_bytes = 0;
  std::vector<Cell> static_cells, dynamic_cells;
};

Checker checker;

// An access on its way.
struct Attempt {
  uintptr_t address;
  size_t size;
  Access access;
  const void* program_counter;
};

// The memory it goes to, for messages.
struct Place {
  std::string name;
  uintptr_t start;
};

// A read of shared memory that nobody wrote. If somebody writes it before the next barrier, a barrier is missing, and
// the race says so better. If not, this is the finding.
std::string unwritten_read;

std::string thread_name(unsigned linear) {
  const dim3& block = checker.runner->launch().block;
  char text[60];
  snprintf(text, sizeof text, "thread (%u, %u, %u)", linear % block.x, linear / block.x % block.y,
           linear / (block.x * block.y));
  return text;
}

const char* verb(Access access) {
  return access == Access::read ? "reads" : access == Access::write ? "writes" : "changes atomically";
}

// ---- Findings

// True where an earlier mistake explains what went wrong now.
bool has_reported_unwritten_read() {
  if (unwritten_read.empty()) return false;
  std::string text = std::move(unwritten_read);
  unwritten_read.clear();
  checker.runner->fail(launch_failed, "%s", text.c_str());
  return true;
}

void report_outside(const Attempt& attempt, const std::string& where) {
  if (has_reported_unwritten_read()) return;
  checker.runner->fail(illegal_address, "%s %s %zu bytes that are not its own at %s: %s",
                       thread_name(thread_state().linear).c_str(), verb(attempt.access), attempt.size,
                       source_line(attempt.program_counter).c_str(), where.c_str());
}

void report_outside_shared(const Attempt& attempt, const std::string& name, uintptr_t start, size_t bytes) {
  char text[300];
  if (attempt.address < start) {
    snprintf(text, sizeof text, "%zu bytes before the start of %s (%zu bytes)", size_t(start - attempt.address),
             name.c_str(), bytes);
  } else {
    snprintf(text, sizeof text, "%s of %s (%zu bytes)", distance_past_end(attempt.address, start + bytes).c_str(),
             name.c_str(), bytes);
  }
  report_outside(attempt, text);
}

void remember_unwritten_read(const Attempt& attempt, const Place& place) {
  if (!unwritten_read.empty()) return;
  char text[500];
  snprintf(text, sizeof text, "%s %s byte %zu of %s at %s, which no thread of the block has written",
           thread_name(thread_state().linear).c_str(), verb(attempt.access), size_t(attempt.address - place.start),
           place.name.c_str(), source_line(attempt.program_counter).c_str());
  unwritten_read = text;
}

const BlockRecord& block_of_interval(uint32_t interval) {
  auto after = std::upper_bound(checker.blocks.begin(), checker.blocks.end(), interval,
                                [](uint32_t value, const BlockRecord& block) { return value < block.first_interval; });
  return *std::prev(after);
}

void report_race(const Attempt& attempt, const Place& place, const Stamp& before, uint32_t before_at,
                 bool before_wrote) {
  const BlockRecord& block = block_of_interval(before.interval);
  bool same_block = before.interval >= checker.first_of_block;
  std::string other = thread_name(before.thread);
  const char* advice = "no barrier lies between the two";
  if (!same_block) {
    const dim3& grid = checker.runner->launch().grid;
    char text[80];
    snprintf(text, sizeof text, " of block (%u, %u, %u)", unsigned(block.index % grid.x),
             unsigned(block.index / grid.x % grid.y), unsigned(block.index / grid.x / grid.y));
    other += text;
    advice = "blocks run in any order, so only an atomic may do this";
  }
  std::string first_line = source_line(checker.code + before_at), second_line = source_line(attempt.program_counter);
  checker.runner->fail(launch_failed, "data race: %s %s byte %zu of %s at %s, which %s %s at %s; %s",
                       thread_name(thread_state().linear).c_str(), verb(attempt.access),
                       size_t(attempt.address - place.start), place.name.c_str(), second_line.c_str(), other.c_str(),
                       !before_wrote   ? "reads"
                       : before.atomic ? "changes atomically"
                                       : "writes",
                       first_line.c_str(), advice);
}

// ---- The order of two accesses

bool is_published(const Stamp& before) {
  return checker.has_seen_atomic && block_of_interval(before.interval).published_until >= before.interval;
}

// True where nothing says that the earlier access was over before the present one began.
inline bool is_unordered(const Stamp& before, const Stamp& now, bool shared) {
  if (before.interval < checker.first_of_launch || (before.bytes & now.bytes) == 0) return false;
  if (before.interval < checker.first_of_block) return !shared && !is_published(before);
  if (before.thread == now.thread || before.interval != now.interval) return false;
  bool same_warp = before.thread / 32 == now.thread / 32;
  return !same_warp || before.warp_epoch == now.warp_epoch;
}

inline void note_read(Cell& cell, const Stamp& now, uint32_t at) {
  // Kept are two readers that a writer might not know of. One that this thread knows to be over makes room.
  auto replaceable = [&](const Stamp& kept) {
    return kept.interval < checker.first_of_launch ||
           (kept.interval >= checker.first_of_block && (kept.interval != now.interval || kept.thread == now.thread));
  };
  int slot = replaceable(cell.read[0]) ? 0 : 1;
  cell.read[slot] = now;
  cell.read_at[slot] = at;
}

template <typename FindPlace>
inline void check_order(const Attempt& attempt, Cell* cell, bool shared, FindPlace place) {
  const ThreadState& state = thread_state();
  uint32_t at = uint32_t(static_cast<const char*>(attempt.program_counter) - checker.code);
  Stamp now;
  now.interval = checker.interval;
  now.thread = state.linear;
  now.warp_epoch = checker.runner->warp_of(state.linear).epoch & 0x1ffff;
  now.atomic = attempt.access == Access::atomic;
  uintptr_t first_word = attempt.address & ~uintptr_t(3), end = attempt.address + attempt.size;
  for (uintptr_t word = first_word; word < end; word += 4, ++cell) {
    now.bytes = 0xf;
    if (attempt.size < 4) now.bytes = (((1u << attempt.size) - 1) << (attempt.address & 3)) & 0xf;
    if (shared && checker.strict && cell->written.interval < checker.first_of_block &&
        attempt.access != Access::write) {
      remember_unwritten_read(attempt, place());
    }
    bool both_atomic = now.atomic && cell->written.atomic;
    if (!both_atomic && is_unordered(cell->written, now, shared)) {
      return report_race(attempt, place(), cell->written, cell->written_at, true);
    }
    if (attempt.access == Access::read) {
      note_read(*cell, now, at);
      continue;
    }
    for (int i = 0; i < 2; ++i) {
      if (is_unordered(cell->read[i], now, shared))
        return report_race(attempt, place(), cell->read[i], cell->read_at[i], false);
    }
    cell->written = now;
    cell->written_at = at;
  }
}

// ---- Where an address leads

void check_global(const Attempt& attempt) {
  const Owner* owner = arena.owner_of(attempt.address);
  if (!owner || !owner->live || attempt.address + attempt.size > owner->end) {
    uintptr_t first_outside = owner && owner->live && attempt.address < owner->end ? owner->end : attempt.address;
    return report_outside(attempt, describe_address(first_outside));
  }
  check_order(attempt, &arena.cell_of(attempt.address), false,
              [&] { return Place{"'" + label_of(owner->start) + "'", owner->start}; });
}

void check_static_shared(const Attempt& attempt) {
  size_t offset = attempt.address - checker.static_start;
  const SharedVariable* variable = checker.layout->find(offset, attempt.size);
  if (!variable) {
    variable = checker.layout->nearest(offset);
    if (!variable) return report_outside(attempt, "shared memory that no variable occupies");
    return report_outside_shared(attempt, "the shared array '" + variable->name + "'",
                                 checker.static_start + variable->offset, variable->bytes);
  }
  check_order(attempt, &checker.static_cells[offset / 4], true, [&] {
    return Place{"the shared array '" + variable->name + "'", checker.static_start + variable->offset};
  });
}

constexpr size_t shared_surroundings = 64 * 1024;

void check_dynamic_shared(const Attempt& attempt) {
  size_t offset = attempt.address - checker.dynamic_start;
  if (offset > checker.dynamic_bytes || offset + attempt.size > checker.dynamic_bytes) {
    return report_outside_shared(attempt, "the dynamic shared memory of the launch", checker.dynamic_start,
                                 checker.dynamic_bytes);
  }
  check_order(attempt, &checker.dynamic_cells[offset / 4], true,
              [&] { return Place{"the dynamic shared memory", checker.dynamic_start}; });
}

// What is none of a kernel's memory may still be its library's: a table of constants.
void check_elsewhere(const Attempt& attempt) {
  Dl_info found;
  if (dladdr(reinterpret_cast<void*>(attempt.address), &found) && found.dli_fbase == checker.code) return;
  report_outside(attempt, describe_address(attempt.address));
}

}  // namespace

void check_access(uintptr_t address, size_t size, Access access, const void* program_counter) {
  BlockRunner* runner = checker.runner;
  if (!runner || !runner->in_kernel()) return;
  const Fiber& fiber = runner->fiber();
  if (address - reinterpret_cast<uintptr_t>(fiber.stack) < Fiber::stack_bytes) return;
  uintptr_t own = reinterpret_cast<uintptr_t>(&thread_state());
  if (address - own < sizeof(ThreadState)) return;
  // The call came back behind the access; the instruction before belongs to its line.
  Attempt attempt = {address, size, access, static_cast<const char*>(program_counter) - 1};
  runner->passes(attempt.program_counter);
  if (arena.contains(address)) return check_global(attempt);
  if (address - checker.static_start < checker.static_bytes) return check_static_shared(attempt);
  if (address + shared_surroundings - checker.dynamic_start < checker.dynamic_bytes + 2 * shared_surroundings &&
      checker.dynamic_bytes > 0) {
    return check_dynamic_shared(attempt);
  }
  check_elsewhere(attempt);
}

void report_misuse(int result, const std::string& what, const char* file, unsigned line) {
  if (!checker.runner || has_reported_unwritten_read()) return;
  checker.runner->fail(result, "%s %s at %s:%u", thread_name(thread_state().linear).c_str(), what.c_str(),
                       base_name(file), line);
}

void check_atomic(void* address, size_t size, const void* program_counter) {
  checker.has_seen_atomic = true;
  check_access(reinterpret_cast<uintptr_t>(address), size, Access::atomic, program_counter);
}

void publish_writes() { checker.blocks.back().published_until = checker.interval; }

// ---- Time

bool begin_checked_interval() {
  ++checker.interval;
  return !has_reported_unwritten_read();
}

bool end_checked_block() { return !has_reported_unwritten_read(); }

void begin_checked_launch(BlockRunner& runner) {
  constexpr uint32_t nearly_over = 0xf0000000u;
  if (checker.interval > nearly_over) {
    arena.clear_cells();
    checker.static_cells.clear();
    checker.dynamic_cells.clear();
    checker.interval = 0;
  }
  Dl_info library;
  checker.code = dladdr(runner.launch().kernel, &library) ? static_cast<const char*>(library.dli_fbase) : nullptr;
  checker.layout = &SharedLayout::of_library(checker.code);
  checker.strict = options.strict != 0;
  checker.blocks.clear();
  unwritten_read.clear();
  checker.first_of_launch = ++checker.interval;
  checker.static_start = reinterpret_cast<uintptr_t>(runner.static_shared());
  checker.static_bytes = runner.static_shared_bytes();
  checker.dynamic_start = reinterpret_cast<uintptr_t>(thread_state().dynamic_shared);
  checker.dynamic_bytes = runner.launch().shared_bytes;
  if (checker.static_cells.size() < checker.static_bytes / 4 + 1)
    checker.static_cells.resize(checker.static_bytes / 4 + 1);
  if (checker.dynamic_cells.size() < checker.dynamic_bytes / 4 + 1)
    checker.dynamic_cells.resize(checker.dynamic_bytes / 4 + 1);
  checker.runner = &runner;
}

void begin_checked_block(uint64_t index) {
  checker.first_of_block = ++checker.interval;
  checker.has_seen_atomic = false;
  checker.blocks.push_back({checker.first_of_block, 0, index});
}

void end_checked_launch() { checker.runner = nullptr; }

}  // namespace EMU_VARIANT
}  // namespace emu
