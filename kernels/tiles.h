// The product of two panels by one block of threads: the engine room of matrix product and convolution.
//
// A block computes a tile of y, ROWS × COLUMNS, as a sum over k. It goes through k in steps of DEPTH. Per step a panel of
// a (ROWS × DEPTH) and one of b (DEPTH × COLUMNS) come from global memory into shared memory, where every number is then
// used COLUMNS or ROWS times. From there each thread takes FRAGMENT_ROWS numbers of a and FRAGMENT_COLUMNS of b into
// registers, and multiplies each with each. So a number that was loaded once
//   from global memory serves 128 products (128×128 tile), from shared memory 8 (8×8 fragment):
// the arithmetic, not a memory, is what the kernel waits for.
//
// Where the panels come from is not said here. gemm.cu reads matrices; convolution.cu gathers the panels of a matrix that
// exists nowhere. A source of panels is a class with two functions:
//   fetch(k, end)   reads the panel from k on out of global memory into this thread's registers, zeros from `end` on;
//   put(shared)     writes them to shared memory as shared[k][row]: k-major, because then what a thread needs of
//                   one k, neighbouring rows, lies together and is read 16 bytes at a time.
#pragma once
#include "packs.h"

// How a block divides its work. SLICES: so many groups of threads share out the k of one step, each with sums of its own
// for the whole tile, added at the end. That makes a small tile, which alone could not employ enough threads, quick.
template <typename Number, int ROWS, int COLUMNS, int DEPTH, int FRAGMENT_ROWS, int FRAGMENT_COLUMNS, int SLICES>
struct Tiling {
  typedef Number T;
  static constexpr int pack = Pack<T>::size;
  static constexpr int rows = ROWS, columns = COLUMNS, depth = DEPTH, slices = SLICES;
  static constexpr int fragment_rows = FRAGMENT_ROWS, fragment_columns = FRAGMENT_COLUMNS;
  static constexpr int threads_of_slice = ROWS / FRAGMENT_ROWS * (COLUMNS / FRAGMENT_COLUMNS);
  static constexpr int threads = threads_of_slice * SLICES;

  // From one k to the next in shared memory. 4 more than the rows: a panel that is read along k is written column by
  // column, and neighbouring k then fall into different banks.
  static constexpr int pitch_a = ROWS + 4, pitch_b = COLUMNS + 4;
  static constexpr int panel_a = DEPTH * pitch_a, panel_b = DEPTH * pitch_b, panels = panel_a + panel_b;

  // Two of each panel; later the slices' sums.
  static constexpr int sums = SLICES == 1 ? 0 : SLICES * ROWS * COLUMNS;
  static constexpr int shared_numbers = 2 * panels > sums ? 2 * panels : sums;

  // A warp's threads stand 4 × 8, so that reading a fragment costs least: for b 8 threads read 128 neighbouring bytes,
  // one pass over all 32 banks, and for a they read the same 16, which is as good as one.
  static constexpr int warp_rows = 4 * FRAGMENT_ROWS, warp_columns = 8 * FRAGMENT_COLUMNS, warps_across = COLUMNS / warp_columns;
  static_assert(threads_of_slice % 32 == 0 && ROWS % warp_rows == 0 && COLUMNS % warp_columns == 0, "a tile is made of warps");
  static_assert(FRAGMENT_ROWS % pack == 0 && FRAGMENT_COLUMNS % pack == 0, "a fragment is made of packs");
  static_assert(DEPTH % SLICES == 0, "the slices are equal");
  static_assert(shared_numbers * sizeof(T) <= 48 * 1024, "more shared memory has to be asked for");
};

// The tilings in use. Large: 128×128 with 8×8 per thread does the most arithmetic per byte, for products with tiles
// enough to employ a whole device. Medium and small give more blocks, the shorter the product the better.
template <typename T> using LargeTile = Tiling<T, 128, 128, 8, 8, 8, 1>;
template <typename T> using MediumTile = Tiling<T, 64, 64, 16, 8, 4, 1>;
template <typename T> using SmallTile = Tiling<T, 32, 32, 32, 4, 4, 4>;

// Threads of a block, and how many blocks shall fit on a multiprocessor: registers for 64 sums and what goes with them
// are about 128, for doubles twice as many.
#define LARGE_TILE_BOUNDS 256, 2, 1
#define MEDIUM_TILE_BOUNDS 128, 4, 2
#define SMALL_TILE_BOUNDS 256, 4, 2

// Shared memory; one array for all kernels of a file that need the same size.
template <typename T, int NUMBERS> __device__ __forceinline__ T* tile_memory() {
  __shared__ __align__(16) T memory[NUMBERS];
  return memory;
}

// Which tile is the block's? Numbering goes down 8 tiles, then one to the right, and so on: blocks that run at the same
// time form a compact patch of y and find most of their panels in the second-level cache.
struct TilePlace {
  unsigned row, column;    // the first of the tile
  unsigned layer;          // which of several equal products
};

template <typename Tiling> __device__ __forceinline__ TilePlace tile_place(unsigned rows, unsigned columns) {
  constexpr unsigned band = 8;
  const unsigned down = (rows + Tiling::rows - 1) / Tiling::rows, across = (columns + Tiling::columns - 1) / Tiling::columns;
  const unsigned layer = blockIdx.x / (down * across), index = blockIdx.x % (down * across);
  const unsigned first = index / (band * across) * band, height = down - first < band ? down - first : band;
  const unsigned within = index - first * across;
  return {(first + within % height) * Tiling::rows, within / height * Tiling::columns, layer};
}

// Adds up what one slice has to add for one step: shared panels × fragments in registers.
template <typename Tiling, typename T>
__device__ __forceinline__ void multiply_panels(
    const T* a, const T* b, T (&sum)[Tiling::fragment_rows][Tiling::fragment_columns]) {
  constexpr int pack = Tiling::pack;
#pragma unroll
  for (int k = 0; k < Tiling::depth / Tiling::slices; ++k) {
    T left[Tiling::fragment_rows], right[Tiling::fragment_columns];
#pragma unroll
    for (int i = 0; i < Tiling::fragment_rows; i += pack) {
      const Pack<T> read = load_pack(a + k * Tiling::pitch_a + 4 * i);
#pragma unroll
      for (int v = 0; v < pack; ++v) left[i + v] = read.at[v];
    }
#pragma unroll
    for (int j = 0; j < Tiling::fragment_columns; j += pack) {
      const Pack<T> read = load_pack(b + k * Tiling::pitch_b + 8 * j);
#pragma unroll
      for (int v = 0; v < pack; ++v) right[j + v] = read.at[v];
    }
#pragma unroll
    for (int i = 0; i < Tiling::fragment_rows; ++i) {
#pragma unroll
      for (int j = 0; j < Tiling::fragment_columns; ++j) sum[i][j] += left[i] * right[j];
    }
  }
}

// The tile's sums over k in [begin, end). `finish(row, column, pack)` gets them, as packs of neighbours in a row, rows and
// columns counted from the tile's own corner; it may be asked to finish more rows and columns than y has.
//
// While a step is multiplied the next one's numbers are already on their way into registers; they are put into the other
// of two shared buffers, so that one barrier per step suffices.
template <typename Tiling, typename SourceA, typename SourceB, typename Finish>
__device__ __forceinline__ void block_product(SourceA& a, SourceB& b, unsigned begin, unsigned end, const Finish& finish) {
  typedef typename Tiling::T T;
  constexpr int pack = Tiling::pack, step_of_slice = Tiling::depth / Tiling::slices;
  T* const memory = tile_memory<T, Tiling::shared_numbers>();
  const int slice = threadIdx.x / Tiling::threads_of_slice;
  const int warp = threadIdx.x % Tiling::threads_of_slice / 32, lane = threadIdx.x % 32;
  const int row = warp / Tiling::warps_across * Tiling::warp_rows + lane / 8 * pack;
  const int column = warp % Tiling::warps_across * Tiling::warp_columns + lane % 8 * pack;

  T sum[Tiling::fragment_rows][Tiling::fragment_columns] = {};
  a.fetch(begin, end);
  b.fetch(begin, end);
  a.put(memory);
  b.put(memory + Tiling::panel_a);
  __syncthreads();
  int buffer = 0;
  for (unsigned k = begin;; k += Tiling::depth) {
    const bool more = end - k > Tiling::depth;
    if (more) {
      a.fetch(k + Tiling::depth, end);
      b.fetch(k + Tiling::depth, end);
    }
    const T* const panels = memory + buffer * Tiling::panels;
    multiply_panels<Tiling, T>(panels + slice * step_of_slice * Tiling::pitch_a + row,
                               panels + Tiling::panel_a + slice * step_of_slice * Tiling::pitch_b + column, sum);
    if (!more) break;
    buffer ^= 1;
    a.put(memory + buffer * Tiling::panels);
    b.put(memory + buffer * Tiling::panels + Tiling::panel_a);
    __syncthreads();
  }

  if constexpr (Tiling::slices > 1) __syncthreads();    // nobody reads panels any more: their memory takes the sums
#pragma unroll
  for (int i = 0; i < Tiling::fragment_rows; ++i) {
#pragma unroll
    for (int j = 0; j < Tiling::fragment_columns; j += pack) {
      Pack<T> total;
#pragma unroll
      for (int v = 0; v < pack; ++v) total.at[v] = sum[i][j + v];
      const int at_row = row + i / pack * 4 * pack + i % pack, at_column = column + 8 * j;
      if constexpr (Tiling::slices == 1) {
        finish(at_row, at_column, total);
      } else {
        store_pack(memory + (slice * Tiling::rows + at_row) * Tiling::columns + at_column, total);
      }
    }
  }
  if constexpr (Tiling::slices > 1) {
    __syncthreads();
    // Now the threads share out the tile anew, and each adds the slices' sums in their order.
    for (int i = threadIdx.x * pack; i < Tiling::rows * Tiling::columns; i += Tiling::threads * pack) {
      Pack<T> total = load_pack(memory + i);
#pragma unroll
      for (int other = 1; other < Tiling::slices; ++other) {
        const Pack<T> part = load_pack(memory + other * Tiling::rows * Tiling::columns + i);
#pragma unroll
        for (int v = 0; v < pack; ++v) total.at[v] += part.at[v];
      }
      finish(i / Tiling::columns, i % Tiling::columns, total);
    }
  }
}
