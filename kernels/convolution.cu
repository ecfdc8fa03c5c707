// Convolution: y[n,k,p,q] = f(b[k] + Σ_c,r,s w[k,c,r,s]·x̃[n, c, p·S + r·D − P, …]), and its gradients in x and in w.
//
// Each of the three is a matrix product in disguise. With the pixels under a window written as a column, forward is
//   y (K × N·P·Q)  = w (K × C·R·S)  · columns (C·R·S × N·P·Q),
// and backward are
//   dx (C × N·H·W)  = wᵀ (C × K·R·S) · columns of g (K·R·S × N·H·W),   dw (K × C·R·S) += g (K × N·P·Q) · columnsᵀ.
// The columns repeat every pixel R·S times. They are never written down: the block that needs a panel of them gathers it
// from the image straight into shared memory ("implicit GEMM"; Chetlur et al., "cuDNN: Efficient Primitives for Deep
// Learning", 2014). How it gathers is convolution_panels.h, how it multiplies tiles.h.
//
// For few channels a 32-row tile would be mostly empty; the direct kernels at the end take those. How these kernels
// came to be is climbed in convolution_ladder.cu.
#include "convolution_panels.h"

// ---- The three products. Block (tile, group).

template <typename Tiling, typename T>
__device__ __forceinline__ void forward(
    const T* __restrict__ x, const T* __restrict__ w, const T* __restrict__ bias, T* __restrict__ y, const Geometry& g, int activation) {
  const unsigned columns = g.images * g.places();
  const TilePlace at = tile_place<Tiling>(g.outputs, columns);
  const size_t first_output = size_t(at.layer) * g.outputs;
  MatrixPanel<Tiling, Tiling::rows, Tiling::pitch_a, true> weights(
      w + (first_output + at.row) * g.depth(), g.depth(), g.outputs - at.row);
  ImageColumns<Tiling> pixels(g, x, at.layer, at.column);
  const PlaneTile<T> tile{
      y + g.result(0, at.layer), bias == nullptr ? nullptr : bias + first_output, g.by_places, g.result(1, 0), g.places(),
      at.row, at.column, unsigned(g.outputs), columns, activation, suits_packs(y, g.places())};
  block_product<Tiling>(weights, pixels, 0, g.depth(), tile);
}

template <typename Tiling, typename T>
__device__ __forceinline__ void backward_data(
    const T* __restrict__ w, const T* __restrict__ gradient, T* __restrict__ dx, const Geometry& g) {
  const unsigned columns = g.images * g.plane();
  const TilePlace at = tile_place<Tiling>(g.channels, columns);
  TurnedWeights<Tiling> weights(g, w, at.layer, at.row);
  GradientColumns<Tiling> gradients(g, gradient, at.layer, at.column);
  const PlaneTile<T> tile{
      dx + g.image(0, at.layer), nullptr, g.by_plane, g.image(1, 0), g.plane(),
      at.row, at.column, unsigned(g.channels), columns, no_activation, suits_packs(dx, g.plane())};
  block_product<Tiling>(weights, gradients, 0, g.outputs * g.window(), tile);
}

// The sum runs over all places of all images, and is split as in gemm.cu: with splits, dw is the parts', splits ×
// weights, and gemm_finish adds them.
template <typename Tiling, typename T>
__device__ __forceinline__ void backward_weights(
    const T* __restrict__ x, const T* __restrict__ gradient, T* __restrict__ dw, const Geometry& g, int split_depth, int accumulate) {
  const TilePlace at = tile_place<Tiling>(g.outputs, g.depth());
  const unsigned group = at.layer % g.groups, split = at.layer / g.groups, sum = g.images * g.places();
  const unsigned begin = split * split_depth, end = sum - begin < unsigned(split_depth) ? sum : begin + split_depth;
  GradientRows<Tiling> gradients(g, gradient, group, at.row);
  ImageRows<Tiling> pixels(g, x, group, at.column);
  const MatrixTile<T> tile(
      dw + (size_t(at.layer) * g.outputs + at.row) * g.depth() + at.column, g.depth(), g.outputs - at.row,
      g.depth() - at.column, nullptr, no_activation, accumulate != 0);
  block_product<Tiling>(gradients, pixels, begin, end, tile);
}

#define FORWARD_PARAMETERS (const T* x, const T* w, const T* bias, T* y, Geometry g, int activation)
#define FORWARD_ARGUMENTS (x, w, bias, y, g, activation)
#define DATA_PARAMETERS (const T* w, const T* gradient, T* dx, Geometry g)
#define DATA_ARGUMENTS (w, gradient, dx, g)
#define WEIGHTS_PARAMETERS (const T* x, const T* gradient, T* dw, Geometry g, int split_depth, int accumulate)
#define WEIGHTS_ARGUMENTS (x, gradient, dw, g, split_depth, accumulate)

#define CONVOLUTION_KERNELS(size, bounds, Tile) CONVOLUTION_KERNELS_BOUNDED(size, Tile, bounds)
#define CONVOLUTION_KERNELS_BOUNDED(size, Tile, threads, blocks32, blocks64)                                           \
  KERNEL_BOUNDED_F32_F64_OF(threads, blocks32, blocks64, convolution_forward_##size, FORWARD_PARAMETERS,               \
                            FORWARD_ARGUMENTS, forward<Tile<T>>)                                                       \
  KERNEL_BOUNDED_F32_F64_OF(threads, blocks32, blocks64, convolution_backward_data_##size, DATA_PARAMETERS,            \
                            DATA_ARGUMENTS, backward_data<Tile<T>>)                                                    \
  KERNEL_BOUNDED_F32_F64_OF(threads, blocks32, blocks64, convolution_backward_weights_##size, WEIGHTS_PARAMETERS,      \
                            WEIGHTS_ARGUMENTS, backward_weights<Tile<T>>)
CONVOLUTION_KERNELS(large, LARGE_TILE_BOUNDS, LargeTile)
CONVOLUTION_KERNELS(medium, MEDIUM_TILE_BOUNDS, MediumTile)
CONVOLUTION_KERNELS(small, SMALL_TILE_BOUNDS, SmallTile)

// ---- Few channels: directly

// A thread computes one place of up to 8 outputs: each pixel it reads serves 8 products. The 8 outputs' weights lie in
// shared memory, tap by tap, where the warp, all at the same tap, reads one address. Block (256 places, 8 outputs, group).
template <typename T>
__device__ __forceinline__ void convolution_forward_direct(
    const T* __restrict__ x, const T* __restrict__ w, const T* __restrict__ bias, T* __restrict__ y, const Geometry& g, int activation) {
  constexpr int together = 8;
  DYNAMIC_SHARED(T, weights);
  const unsigned parts = (g.outputs + together - 1) / together;
  const unsigned group = blockIdx.x / parts % g.groups, first = blockIdx.x % parts * together;
  const unsigned place = blockIdx.x / parts / g.groups * blockDim.x + threadIdx.x;
  const int outputs = min_(together, g.outputs - int(first)), depth = g.depth();
  const size_t first_output = size_t(group) * g.outputs + first;
  for (int i = threadIdx.x; i < together * depth; i += blockDim.x) {
    const int tap = i / together, output = i % together;
    weights[i] = output < outputs ? w[(first_output + output) * depth + tap] : T(0);
  }
  __syncthreads();
  if (place >= g.images * g.places()) return;

  const unsigned n = g.by_places.divide(place), within = place - n * g.places();
  const Corner corner = corner_of(g, within);
  const T* const image = x + g.image(n, group);
  T sum[together] = {};
  const T* of_tap = weights;
  for (int c = 0; c < g.channels; ++c) {
    for (int r = 0; r < g.window_y; ++r) {
      for (int s = 0; s < g.window_x; ++s, of_tap += together) {
        const T pixel = pixel_at(g, image, corner, c, r, s);
#pragma unroll
        for (int j = 0; j < together; ++j) sum[j] += pixel * of_tap[j];
      }
    }
  }
  T* const to = y + g.result(n, group) + size_t(first) * g.places() + within;
#pragma unroll
  for (int j = 0; j < together; ++j) {
    if (j < outputs) to[size_t(j) * g.places()] = activated(bias == nullptr ? sum[j] : sum[j] + bias[first_output + j], activation);
  }
}
KERNEL_F32_F64(convolution_forward_direct, FORWARD_PARAMETERS, FORWARD_ARGUMENTS)

// In the padded image a pixel's row stands at before + row. With mirroring it stands in more places: at before + row +
// 2·size·m, and, reflected, at before − 1 − row + 2·size·m, for every whole m. The first of either kind:
__device__ __forceinline__ int first_standing(int row, int before, int size, bool turned, int mirror) {
  const int at = turned ? before - 1 - row : before + row;
  return mirror ? (at % (2 * size) + 2 * size) % (2 * size) : at;
}

// A thread computes one pixel of dx in up to 4 channels: it goes through all places where the pixel stands in the padded
// image, always in the same order, and looks up the windows that saw it there. What it reads of g serves 4 products.
// Block (256 pixels, 4 channels, group).
template <typename T>
__device__ __forceinline__ void convolution_backward_data_direct(
    const T* __restrict__ w, const T* __restrict__ gradient, T* __restrict__ dx, const Geometry& g) {
  constexpr int together = 4;
  const unsigned parts = (g.channels + together - 1) / together;
  const unsigned group = blockIdx.x / parts % g.groups, first = blockIdx.x % parts * together;
  const unsigned pixel = blockIdx.x / parts / g.groups * blockDim.x + threadIdx.x;
  if (pixel >= g.images * g.plane()) return;

  const int channels = min_(together, g.channels - int(first));
  const unsigned n = g.by_plane.divide(pixel), within = pixel - n * g.plane();
  const int row = g.by_width.divide(within), column = within - row * g.width;
  const T* const seen = gradient + g.result(n, group);
  const T* const weights = w + (size_t(group) * g.outputs * g.channels + first) * g.window();
  const int last_y = (g.out_height - 1) * g.stride_y + (g.window_y - 1) * g.dilation_y;
  const int last_x = (g.out_width - 1) * g.stride_x + (g.window_x - 1) * g.dilation_x;
  const int kinds = g.mirror ? 2 : 1, period_y = g.mirror ? 2 * g.height : last_y + 1, period_x = g.mirror ? 2 * g.width : last_x + 1;
  T sum[together] = {};

  // What one tap adds, in all outputs.
  const auto add_tap = [&](int p, int q, int r, int s) {
    const T* at = seen + size_t(p) * g.out_width + q;
    const T* of_tap = weights + r * g.window_x + s;
    for (int k = 0; k < g.outputs; ++k, at += g.places(), of_tap += g.depth()) {
      const T number = *at;
#pragma unroll
      for (int j = 0; j < together; ++j) {
        if (j < channels) sum[j] += number * of_tap[j * g.window()];
      }
    }
  };
  const auto add_row = [&](int p, int r) {
    for (int kind = 0; kind < kinds; ++kind) {
      for (int x = first_standing(column, g.before_x, g.width, kind, g.mirror); x <= last_x; x += period_x) {
        for (int s = 0; s < g.window_x; ++s) {
          const int q = place_hit(x, s * g.dilation_x, g.stride_x, g.by_stride_x, g.out_width);
          if (q >= 0) add_tap(p, q, r, s);
        }
      }
    }
  };
  for (int kind = 0; kind < kinds; ++kind) {
    for (int y = first_standing(row, g.before_y, g.height, kind, g.mirror); y <= last_y; y += period_y) {
      for (int r = 0; r < g.window_y; ++r) {
        const int p = place_hit(y, r * g.dilation_y, g.stride_y, g.by_stride_y, g.out_height);
        if (p >= 0) add_row(p, r);
      }
    }
  }

  T* const to = dx + g.image(n, group) + size_t(first) * g.plane() + within;
#pragma unroll
  for (int j = 0; j < together; ++j) {
    if (j < channels) to[size_t(j) * g.plane()] = sum[j];
  }
}
KERNEL_F32_F64(convolution_backward_data_direct, DATA_PARAMETERS, DATA_ARGUMENTS)
