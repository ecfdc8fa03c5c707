// The checked build's eyes: every memory access of a kernel passes here before it happens.
//
// A word of memory (4 bytes) has a shadow cell that remembers who wrote it last and two who read it since. An access
// that touches what another thread touched, one of them writing, is a data race unless something orders the two: a
// barrier of their block, a warp function of their warp, or one launch after the other. Blocks are never ordered,
// except where one published its writes with __threadfence() before an atomic that the other has seen. (S. Savage et
// al., "Eraser", 1997, has the idea of shadow words; K. Serebryany and T. Iskhodzhanov, "ThreadSanitizer", 2009, that
// of few accesses kept per word.)
#pragma once

#include <string>

#include "block_runner.h"

namespace emu {
inline namespace EMU_VARIANT {

// Who touched a word, and when. Time is counted in intervals: a new one begins with every launch, every block and every
// completed barrier. Blocks run one after another here, so the intervals of a block are consecutive.
struct Stamp {
  uint64_t interval : 32;    // 0: never
  uint64_t thread : 10;      // in its block
  uint64_t warp_epoch : 17;  // warp functions its warp had completed in the block
  uint64_t atomic : 1;
  uint64_t bytes : 4;  // which bytes of the word
};

struct Cell {
  Stamp written;
  Stamp read[2];        // of two different threads, if there were two
  uint32_t written_at;  // where in the kernels' library: offset of the instruction
  uint32_t read_at[2];
};

enum class Access { read, write, atomic };

// Called by the block runner, and around each launch. Launches of the checked build follow one another.
void begin_checked_launch(BlockRunner& runner);
void begin_checked_block(uint64_t index);
bool begin_checked_interval();  // false where what came before was wrong
bool end_checked_block();       // likewise
void end_checked_launch();

// program_counter: where the call from the kernel returns to.
void check_access(uintptr_t address, size_t size, Access access, const void* program_counter);

// A mistake that the compiler's own checks have found: "thread (0, 0, 0) WHAT at FILE:LINE".
void report_misuse(int result, const std::string& what, const char* file, unsigned line);

}  // namespace EMU_VARIANT
}  // namespace emu
