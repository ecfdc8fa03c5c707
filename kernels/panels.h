// Panels of matrices that lie in memory, and the tile of a matrix that they are multiplied into. For tiles.h.
#pragma once
#include "epilogue.h"
#include "tiles.h"

// EXTENT rows of op(a), or as many columns of op(b), from k on. Element (row, k) lies
//   at row·step + k where ALONG_K: k runs through neighbours (a as it is, b transposed),
//   at k·step + row otherwise    : rows are neighbours      (a transposed, b as it is).
// Either way a thread reads packs, and a warp's reads fill whole 32-byte sectors of memory. What is not aligned for
// packs, and what hangs over an edge, is read number by number.
template <typename Tiling, int EXTENT, int PITCH, bool ALONG_K> class MatrixPanel {
  typedef typename Tiling::T T;
  static constexpr int pack = Tiling::pack, count = EXTENT * Tiling::depth / pack / Tiling::threads;
  static_assert(count * pack * Tiling::threads == EXTENT * Tiling::depth, "each thread reads equally many packs");

  const T* const start;
  const size_t step;
  const int extent;      // rows that exist; the others are zeros
  const bool packs;
  Pack<T> held[count];

  // Pack i of this thread. Along k, two neighbouring threads read two neighbouring packs of a row, the next two the row
  // below: 32-byte sectors are used whole, and writing the transposed panel meets every bank once.
  static __device__ __forceinline__ int row_of(int i) {
    const int at = threadIdx.x + i * Tiling::threads;
    return ALONG_K ? at / 2 % EXTENT : at % (EXTENT / pack) * pack;
  }
  static __device__ __forceinline__ int k_of(int i) {
    const int at = threadIdx.x + i * Tiling::threads;
    return ALONG_K ? (at / (2 * EXTENT) * 2 + at % 2) * pack : at / (EXTENT / pack);
  }

 public:
  // `start` is the element (first row of the panel, k = 0); from there on `rows` rows exist.
  __device__ __forceinline__ MatrixPanel(const T* start, size_t step, unsigned rows)
      : start(start), step(step), extent(rows < EXTENT ? rows : EXTENT), packs(suits_packs(start, step)) {}

  __device__ __forceinline__ void fetch(unsigned from, unsigned end) {
#pragma unroll
    for (int i = 0; i < count; ++i) {
      const int row = row_of(i);
      const unsigned k = from + k_of(i);
      const T* const at = ALONG_K ? start + row * step + k : start + k * step + row;
      const int rows_left = extent - row, ks_left = k < end ? (end - k < pack ? int(end - k) : pack) : 0;
      if (packs && (ALONG_K ? rows_left > 0 && ks_left == pack : rows_left >= pack && ks_left > 0)) {
        held[i] = load_pack(at);
      } else {
        const int left = ALONG_K ? (rows_left > 0 ? ks_left : 0) : (ks_left > 0 ? rows_left : 0);
#pragma unroll
        for (int v = 0; v < pack; ++v) held[i].at[v] = v < left ? at[v] : T(0);
      }
    }
  }

  __device__ __forceinline__ void put(T* shared) const {
#pragma unroll
    for (int i = 0; i < count; ++i) {
      if constexpr (ALONG_K) {
#pragma unroll
        for (int v = 0; v < pack; ++v) shared[(k_of(i) + v) * PITCH + row_of(i)] = held[i].at[v];
      } else {
        store_pack(shared + k_of(i) * PITCH + row_of(i), held[i]);
      }
    }
  }
};

// A tile of a row-major matrix: y = activation(sum + bias), or y += sum.
template <typename T> class MatrixTile {
  static constexpr int pack = Pack<T>::size;
  T* const y;
  const T* const bias;
  const size_t step;
  const int rows, columns;
  const int activation;
  const bool accumulate, packs;

 public:
  // `y` is the tile's corner, from which on so many rows and columns exist; bias (or null) belongs to its first column.
  __device__ __forceinline__ MatrixTile(
      T* y, size_t step, unsigned rows, unsigned columns, const T* bias, int activation, bool accumulate)
      : y(y), bias(bias), step(step), rows(rows < 1024 ? rows : 1024), columns(columns < 1024 ? columns : 1024),
        activation(activation), accumulate(accumulate), packs(suits_packs(y, step)) {}

  __device__ __forceinline__ void operator()(int row, int column, Pack<T> sum) const {
    if (row >= rows || column >= columns) return;
    T* const to = y + row * step + column;
    const int left = columns - column;
    if (accumulate) {
      if (packs && left >= pack) {
        const Pack<T> before = load_pack(to);
#pragma unroll
        for (int v = 0; v < pack; ++v) sum.at[v] += before.at[v];
      } else {
#pragma unroll
        for (int v = 0; v < pack; ++v) sum.at[v] += v < left ? to[v] : T(0);
      }
    } else {
#pragma unroll
      for (int v = 0; v < pack; ++v) {
        if (bias != nullptr && v < left) sum.at[v] += bias[column + v];
        sum.at[v] = activated(sum.at[v], activation);
      }
    }
    if (packs && left >= pack) {
      store_pack(to, sum);
    } else {
#pragma unroll
      for (int v = 0; v < pack; ++v) {
        if (v < left) to[v] = sum.at[v];
      }
    }
  }
};
