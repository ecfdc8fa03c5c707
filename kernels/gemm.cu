// Matrix product: y = activation(op(a)·op(b) + bias), or y += op(a)·op(b), for one pair of row-major matrices or a batch;
// op transposes or does nothing. (GEMM: general matrix multiply, as the BLAS calls it.)
//
// The way from the textbook's three loops to these kernels is climbed in gemm_ladder.cu; here is the upper end. What a
// block does is in tiles.h, what it reads and writes in panels.h. Here are the twelve kernels per number type, for
//   three sizes of tile: large, medium, small; the host takes the one that ends soonest;
//   four ways the operands lie: n as they are, t transposed, first a, then b. They differ only in how panels are read.
//
// A product with few tiles and a long sum (a gradient of weights: a small matrix, summed over the batch) would leave most
// of a device idle. It is split along k: each of `splits` blocks sums a part of k, gemm_finish adds the parts, always in
// the same order. How many there are follows from the sizes alone, so the bits are the same on every device.
#include "panels.h"

// One launch. The host has a structure of the same layout.
struct Product {
  int m, n, k;           // y is m×n, k is summed over
  int batch;
  int splits, depth;     // split s sums k from s·depth up to (s + 1)·depth
  int activation, accumulate;
  long long step_a, step_b;    // from one matrix of the batch to the next; 0 for a b that all share
};

// Block (tile, z, s), in one number, computes a tile of product z over the k of split s. With splits, y is the parts':
// splits × batch × m × n.
template <typename Tiling, bool TRANSPOSE_A, bool TRANSPOSE_B, typename T>
__device__ __forceinline__ void gemm(
    const T* __restrict__ a, const T* __restrict__ b, const T* __restrict__ bias, T* __restrict__ y, const Product& p) {
  const TilePlace place = tile_place<Tiling>(p.m, p.n);
  const unsigned z = place.layer % p.batch, split = place.layer / p.batch;
  const unsigned begin = split * p.depth, end = p.k - begin < unsigned(p.depth) ? p.k : begin + p.depth;

  const size_t step_a = TRANSPOSE_A ? p.m : p.k, step_b = TRANSPOSE_B ? p.k : p.n;
  MatrixPanel<Tiling, Tiling::rows, Tiling::pitch_a, !TRANSPOSE_A> left(
      a + z * p.step_a + (TRANSPOSE_A ? place.row : place.row * step_a), step_a, p.m - place.row);
  MatrixPanel<Tiling, Tiling::columns, Tiling::pitch_b, TRANSPOSE_B> right(
      b + z * p.step_b + (TRANSPOSE_B ? place.column * step_b : place.column), step_b, p.n - place.column);
  const MatrixTile<T> tile(
      y + (size_t(place.layer) * p.m + place.row) * p.n + place.column, p.n, p.m - place.row, p.n - place.column,
      bias == nullptr ? nullptr : bias + place.column, p.activation, p.accumulate != 0);
  block_product<Tiling>(left, right, begin, end, tile);
}

#define GEMM_PARAMETERS (const T* a, const T* b, const T* bias, T* y, Product p)
#define GEMM_ARGUMENTS (a, b, bias, y, p)
#define GEMM_KERNEL(bounds, name, ...) GEMM_KERNEL_BOUNDED(bounds, name, __VA_ARGS__)
#define GEMM_KERNEL_BOUNDED(threads, blocks32, blocks64, name, ...) \
  KERNEL_BOUNDED_F32_F64_OF(threads, blocks32, blocks64, name, GEMM_PARAMETERS, GEMM_ARGUMENTS, __VA_ARGS__)

GEMM_KERNEL(LARGE_TILE_BOUNDS, gemm_large_nn, gemm<LargeTile<T>, false, false>)
GEMM_KERNEL(LARGE_TILE_BOUNDS, gemm_large_nt, gemm<LargeTile<T>, false, true>)
GEMM_KERNEL(LARGE_TILE_BOUNDS, gemm_large_tn, gemm<LargeTile<T>, true, false>)
GEMM_KERNEL(LARGE_TILE_BOUNDS, gemm_large_tt, gemm<LargeTile<T>, true, true>)
GEMM_KERNEL(MEDIUM_TILE_BOUNDS, gemm_medium_nn, gemm<MediumTile<T>, false, false>)
GEMM_KERNEL(MEDIUM_TILE_BOUNDS, gemm_medium_nt, gemm<MediumTile<T>, false, true>)
GEMM_KERNEL(MEDIUM_TILE_BOUNDS, gemm_medium_tn, gemm<MediumTile<T>, true, false>)
GEMM_KERNEL(MEDIUM_TILE_BOUNDS, gemm_medium_tt, gemm<MediumTile<T>, true, true>)
GEMM_KERNEL(SMALL_TILE_BOUNDS, gemm_small_nn, gemm<SmallTile<T>, false, false>)
GEMM_KERNEL(SMALL_TILE_BOUNDS, gemm_small_nt, gemm<SmallTile<T>, false, true>)
GEMM_KERNEL(SMALL_TILE_BOUNDS, gemm_small_tn, gemm<SmallTile<T>, true, false>)
GEMM_KERNEL(SMALL_TILE_BOUNDS, gemm_small_tt, gemm<SmallTile<T>, true, true>)

// y = activation(Σ parts + bias), or y += Σ parts. Thread t takes the elements t, t + stride …; of each it adds the parts
// in order, its neighbours reading neighbours. With one part, which may be y itself, it is bias and activation for a
// product that a library computed.
template <typename T>
__device__ void gemm_finish(
    const T* parts, const T* __restrict__ bias, T* y, int count, int splits, int n, int activation, int accumulate) {
  for (unsigned i = blockIdx.x * blockDim.x + threadIdx.x; i < unsigned(count); i += gridDim.x * blockDim.x) {
    T sum = parts[i];
#pragma unroll 4
    for (int split = 1; split < splits; ++split) sum += parts[size_t(split) * count + i];
    if (accumulate) {
      y[i] += sum;
    } else {
      y[i] = activated(bias == nullptr ? sum : sum + bias[i % n], activation);
    }
  }
}
KERNEL_F32_F64(gemm_finish,
    (const T* parts, const T* bias, T* y, int count, int splits, int n, int activation, int accumulate),
    (parts, bias, y, count, splits, n, activation, accumulate))
