// The fast way through long arrays: 16 bytes at a time, four times over.
//
// An elementwise kernel does next to nothing per byte, so its time is the memory's. Memory answers after about half a
// microsecond, and gives its full rate only while enough requests are under way: on an H200, 4.8 TB/s · 0.5 µs is 2.4 MB,
// or 18 KB for each of its 132 multiprocessors (Little's law). Therefore
//   - a load moves a *pack* of 16 bytes (packs.h);
//   - a thread asks for all PACKS packs of its *share* before it looks at the first;
//   - a block works on one *tile* of PACKS · blockDim packs. In round j its threads take packs j · blockDim + threadIdx,
//     so that a warp reads 512 bytes in one piece.
// Blocks take one tile each and end: the device fills the gap with the next, and no loop counter is needed.
//
//   tile 0                                                     tile 1
//   | t0 t1 … t127 | t0 t1 … t127 | t0 t1 … t127 | t0 … t127 | t0 t1 …       each cell a pack of 16 bytes
//     round 0        round 1        round 2        round 3
//
// Any length works: the tile that the end falls into is moved element by element, and so is everything where an array
// does not begin at a multiple of 16 bytes. A kernel may write to an array it reads, at the places it has read.
#pragma once

#include "packs.h"

#define PACKS 4

// Bodies that are handed on as lambdas must end up inside the kernel, or what they hold would leave the registers.
#define INLINED __attribute__((always_inline))

// What one thread holds of a tile, in registers: with every loop unrolled, each index is known to the compiler.
template <typename T> struct Share {
  static constexpr int WIDTH = Pack<T>::size;
  static constexpr int COUNT = PACKS * WIDTH;

  Pack<T> pack[PACKS];

  __device__ __forceinline__ T& operator[](int i) { return pack[i / WIDTH].at[i % WIDTH]; }
};

// A tile that lies wholly inside the arrays: moved in packs.
template <typename T> struct WholeTile {
  static constexpr bool IN_PACKS = true;

  unsigned start;     // the place of its first element in the arrays

  // The place in the arrays of this thread's element i.
  __device__ __forceinline__ unsigned place(int i) const {
    constexpr int WIDTH = Share<T>::WIDTH;
    return start + (i / WIDTH * blockDim.x + threadIdx.x) * WIDTH + i % WIDTH;
  }

  __device__ __forceinline__ Share<T> load(const T* x) const {
    Share<T> share;
#pragma unroll
    for (int j = 0; j < PACKS; ++j) share.pack[j] = load_pack(x + place(j * Share<T>::WIDTH));
    return share;
  }

  __device__ __forceinline__ void store(const Share<T>& share, T* y) const {
#pragma unroll
    for (int j = 0; j < PACKS; ++j) store_pack(y + place(j * Share<T>::WIDTH), share.pack[j]);
  }
};

// A tile that the end of the arrays cuts off, or whose arrays are not aligned: moved in elements. In round i the threads
// of a block take neighbours. What lies beyond the end is 0 and is not stored.
template <typename T> struct CutTile {
  static constexpr bool IN_PACKS = false;

  unsigned start;
  int n;              // elements of the arrays

  __device__ __forceinline__ unsigned place(int i) const { return start + i * blockDim.x + threadIdx.x; }

  __device__ __forceinline__ bool has(int i) const { return place(i) < unsigned(n); }

  __device__ __forceinline__ Share<T> load(const T* x) const {
    Share<T> share;
#pragma unroll
    for (int i = 0; i < Share<T>::COUNT; ++i) share[i] = has(i) ? x[place(i)] : T(0);
    return share;
  }

  __device__ __forceinline__ void store(Share<T> share, T* y) const {
#pragma unroll
    for (int i = 0; i < Share<T>::COUNT; ++i) {
      if (has(i)) y[place(i)] = share[i];
    }
  }
};

// Calls body(tile) for a tile of arrays of n elements: all arrays that the body moves in packs are named.
template <typename T, typename Body, typename... Arrays>
__device__ __forceinline__ void on_tile(unsigned number, int n, Body body, const Arrays*... arrays) {
  const unsigned length = blockDim.x * Share<T>::COUNT, start = number * length;
  if (start + length <= unsigned(n) && (is_aligned(arrays) && ...)) {
    body(WholeTile<T>{start});
  } else {
    body(CutTile<T>{start, n});
  }
}

// y[i] = f(x[i])
template <typename T, typename F> __device__ __forceinline__ void map(const T* x, T* y, int n, F f) {
  on_tile<T>(blockIdx.x, n, [=](auto tile) INLINED {
    Share<T> share = tile.load(x);
#pragma unroll
    for (int i = 0; i < Share<T>::COUNT; ++i) share[i] = f(share[i]);
    tile.store(share, y);
  }, x, y);
}

// y[i] = f(a[i], b[i])
template <typename T, typename F> __device__ __forceinline__ void map(const T* a, const T* b, T* y, int n, F f) {
  on_tile<T>(blockIdx.x, n, [=](auto tile) INLINED {
    Share<T> share = tile.load(a), other = tile.load(b);
#pragma unroll
    for (int i = 0; i < Share<T>::COUNT; ++i) share[i] = f(share[i], other[i]);
    tile.store(share, y);
  }, a, b, y);
}
