// The matrix product y = a·b, a: m×k, b: k×n, row after row, from the textbook to the kernels of gemm.cu: each rung takes
// away the bottleneck of the one before. An H200 can do 67·10¹² operations per second in Float32 and read 4.8·10¹² bytes,
// that is one number per 56 operations. The textbook's kernel asks for one number per operation.
#include "panels.h"

#define RUNG_PARAMETERS (const T* a, const T* b, T* y, int m, int n, int k)
#define RUNG_ARGUMENTS (a, b, y, m, n, k)

// 1. The formula: a thread per element of y, a row of a times a column of b. Thread x of a block takes row x: neighbours in
// a warp read a with a distance of k numbers, so that every number costs a 32-byte sector of memory.
template <typename T> __device__ void gemm_naive(const T* a, const T* b, T* y, int m, int n, int k) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x, j = blockIdx.y * blockDim.y + threadIdx.y;
  if (i >= m || j >= n) return;
  T sum = 0;
  for (int l = 0; l < k; ++l) sum += a[size_t(i) * k + l] * b[size_t(l) * n + j];
  y[size_t(i) * n + j] = sum;
}
KERNEL_F32_F64(gemm_naive, RUNG_PARAMETERS, RUNG_ARGUMENTS)

// 2. Coalesced: thread x takes column x. A warp reads one number of a, the same for all, and 32 neighbours of b, which the
// memory unit fetches together. Nothing else has changed.
template <typename T> __device__ void gemm_coalesced(const T* a, const T* b, T* y, int m, int n, int k) {
  const int j = blockIdx.x * blockDim.x + threadIdx.x, i = blockIdx.y * blockDim.y + threadIdx.y;
  if (i >= m || j >= n) return;
  T sum = 0;
  for (int l = 0; l < k; ++l) sum += a[size_t(i) * k + l] * b[size_t(l) * n + j];
  y[size_t(i) * n + j] = sum;
}
KERNEL_F32_F64(gemm_coalesced, RUNG_PARAMETERS, RUNG_ARGUMENTS)

// 3. Shared: the block's 32×32 threads read a 32×32 panel of a and one of b into shared memory, each thread one number of
// each, and all use them: every number from global memory serves 32 products. Beyond the edges stand zeros.
template <typename T> __device__ void gemm_shared(const T* a, const T* b, T* y, int m, int n, int k) {
  constexpr int side = 32;
  T* const left = tile_memory<T, 2 * side * side>();
  T* const right = left + side * side;
  const int x = threadIdx.x, row = threadIdx.y, j = blockIdx.x * side + x, i = blockIdx.y * side + row;
  T sum = 0;
  for (int from = 0; from < k; from += side) {
    left[row * side + x] = i < m && from + x < k ? a[size_t(i) * k + from + x] : T(0);
    right[row * side + x] = from + row < k && j < n ? b[size_t(from + row) * n + j] : T(0);
    __syncthreads();
    for (int l = 0; l < side; ++l) sum += left[row * side + l] * right[l * side + x];
    __syncthreads();
  }
  if (i < m && j < n) y[size_t(i) * n + j] = sum;
}
KERNEL_F32_F64(gemm_shared, RUNG_PARAMETERS, RUNG_ARGUMENTS)

// A panel as 256 threads copy it number by number: `rows` × `columns` numbers of a matrix, zeros beyond its edges.
template <typename T, int ROWS, int COLUMNS>
__device__ void copy_panel(const T* matrix, int from_row, int from_column, int rows, int columns, T* shared) {
  for (int i = threadIdx.x; i < ROWS * COLUMNS; i += 256) {
    const int row = from_row + i / COLUMNS, column = from_column + i % COLUMNS;
    shared[i] = row < rows && column < columns ? matrix[size_t(row) * columns + column] : T(0);
  }
}

// 4. A column in registers: now shared memory is what is waited for, two reads per product. So each of 256 threads
// computes 16 elements of y, one below the other: it reads a number of b once and multiplies it with 16 of a. 17 reads for
// 16 products.
template <typename T> __device__ void gemm_column(const T* a, const T* b, T* y, int m, int n, int k) {
  constexpr int side = 64, depth = 8, height = 16;
  T* const left = tile_memory<T, 2 * side * depth>();
  T* const right = left + side * depth;
  const int column = threadIdx.x % side, row = threadIdx.x / side * height;
  const int top = blockIdx.y * side, edge = blockIdx.x * side;
  T sum[height] = {};
  for (int from = 0; from < k; from += depth) {
    copy_panel<T, side, depth>(a, top, from, m, k, left);
    copy_panel<T, depth, side>(b, from, edge, k, n, right);
    __syncthreads();
    for (int l = 0; l < depth; ++l) {
      const T of_b = right[l * side + column];
#pragma unroll
      for (int i = 0; i < height; ++i) sum[i] += left[(row + i) * depth + l] * of_b;
    }
    __syncthreads();
  }
#pragma unroll
  for (int i = 0; i < height; ++i) {
    if (top + row + i < m && edge + column < n) y[size_t(top + row + i) * n + edge + column] = sum[i];
  }
}
KERNEL_F32_F64(gemm_column, RUNG_PARAMETERS, RUNG_ARGUMENTS)

// 5. A square in registers: 8×8 elements per thread, tiles of 128×128. 16 reads from shared memory serve 64 products, and
// 2·128·8 numbers from global memory 128·128·8.
template <typename T> __device__ void gemm_square(const T* a, const T* b, T* y, int m, int n, int k) {
  constexpr int side = 128, depth = 8, fragment = 8;
  T* const left = tile_memory<T, 2 * side * depth>();
  T* const right = left + side * depth;
  const int row = threadIdx.x / 16 * fragment, column = threadIdx.x % 16 * fragment;
  const int top = blockIdx.y * side, edge = blockIdx.x * side;
  T sum[fragment][fragment] = {};
  for (int from = 0; from < k; from += depth) {
    copy_panel<T, side, depth>(a, top, from, m, k, left);
    copy_panel<T, depth, side>(b, from, edge, k, n, right);
    __syncthreads();
    for (int l = 0; l < depth; ++l) {
      T of_a[fragment], of_b[fragment];
#pragma unroll
      for (int i = 0; i < fragment; ++i) of_a[i] = left[(row + i) * depth + l];
#pragma unroll
      for (int j = 0; j < fragment; ++j) of_b[j] = right[l * side + column + j];
#pragma unroll
      for (int i = 0; i < fragment; ++i) {
#pragma unroll
        for (int j = 0; j < fragment; ++j) sum[i][j] += of_a[i] * of_b[j];
      }
    }
    __syncthreads();
  }
#pragma unroll
  for (int i = 0; i < fragment; ++i) {
#pragma unroll
    for (int j = 0; j < fragment; ++j) {
      if (top + row + i < m && edge + column + j < n) y[size_t(top + row + i) * n + edge + column + j] = sum[i][j];
    }
  }
}
KERNEL_F32_F64(gemm_square, RUNG_PARAMETERS, RUNG_ARGUMENTS)

// 6. Packs: 16 bytes per instruction, from global memory (panels.h), from shared memory and to y. For that a's panel is
// written to shared memory transposed, so that what a thread needs of one k lies together; a padded pitch and threads that
// stand 4×8 in their warp (tiles.h) keep them out of each other's banks. A quarter of the memory instructions is left.
template <typename Tiling, typename T>
__device__ __forceinline__ void gemm_packs(const T* a, const T* b, T* y, int m, int n, int k) {
  T* const memory = tile_memory<T, Tiling::panels>();
  const TilePlace place = tile_place<Tiling>(m, n);
  MatrixPanel<Tiling, Tiling::rows, Tiling::pitch_a, true> left(a + place.row * size_t(k), k, m - place.row);
  MatrixPanel<Tiling, Tiling::columns, Tiling::pitch_b, false> right(b + place.column, n, n - place.column);
  const MatrixTile<T> tile(
      y + place.row * size_t(n) + place.column, n, m - place.row, n - place.column, nullptr, no_activation, false);
  constexpr int pack = Tiling::pack;
  const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
  const int row = warp / Tiling::warps_across * Tiling::warp_rows + lane / 8 * pack;
  const int column = warp % Tiling::warps_across * Tiling::warp_columns + lane % 8 * pack;
  T sum[Tiling::fragment_rows][Tiling::fragment_columns] = {};
  for (int from = 0; from < k; from += Tiling::depth) {
    left.fetch(from, k);
    right.fetch(from, k);
    __syncthreads();
    left.put(memory);
    right.put(memory + Tiling::panel_a);
    __syncthreads();
    multiply_panels<Tiling, T>(memory + row, memory + Tiling::panel_a + column, sum);
  }
#pragma unroll
  for (int i = 0; i < Tiling::fragment_rows; ++i) {
#pragma unroll
    for (int j = 0; j < Tiling::fragment_columns; j += pack) {
      Pack<T> total;
#pragma unroll
      for (int v = 0; v < pack; ++v) total.at[v] = sum[i][j + v];
      tile(row + i / pack * 4 * pack + i % pack, column + 8 * j, total);
    }
  }
}
KERNEL_BOUNDED_F32_F64_OF(256, 2, 1, gemm_packs, RUNG_PARAMETERS, RUNG_ARGUMENTS, ::gemm_packs<LargeTile<T>>)

// 7. Two buffers: the kernels gemm_large_* of gemm.cu. While one panel is multiplied the next is on its way, and one
// barrier per step is left of two. 8. Split sums, for products that have few tiles: gemm.cu too.
