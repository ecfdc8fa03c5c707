// Convolution from the textbook to the kernels of convolution.cu: forward, and the lowest rungs of the two ways back. There is
// no bias here and no activation; groups, strides, dilation and mirroring are as in convolution.cu, so that every rung can be
// compared with the first on any window.
#include "convolution_panels.h"

#define RUNG_PARAMETERS (const T* x, const T* w, T* y, Geometry g)
#define RUNG_ARGUMENTS (x, w, y, g)

// 1. The formula: a thread per element of y, a loop each for channels, rows and columns of the window. Neighbouring threads
// compute neighbouring places and read neighbouring pixels; but every product reads two numbers from global memory (or from
// a cache, if they are still there).
template <typename T> __device__ void convolution_naive(const T* x, const T* w, T* y, const Geometry& g) {
  const unsigned count = unsigned(g.images) * g.groups * g.outputs * g.places();
  const unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= count) return;
  const unsigned place = i % g.places(), k = i / g.places() % g.outputs, group = i / g.places() / g.outputs % g.groups;
  const T* const image = x + g.image(i / g.places() / g.outputs / g.groups, group);
  const T* of_tap = w + (size_t(group) * g.outputs + k) * g.depth();
  const Corner corner = corner_of(g, place);
  T sum = 0;
  for (int c = 0; c < g.channels; ++c) {
    for (int r = 0; r < g.window_y; ++r) {
      for (int s = 0; s < g.window_x; ++s) sum += *of_tap++ * pixel_at(g, image, corner, c, r, s);
    }
  }
  y[i] = sum;
}
KERNEL_F32_F64(convolution_naive, RUNG_PARAMETERS, RUNG_ARGUMENTS)

// 2. Shared: a block computes 16×16 places of one output of one image. Channel by channel it copies the pixels under all its
// windows, and the window's weights, into shared memory: a pixel is read once for up to R·S products. Dynamic shared
// memory holds (15·stride + extent)² pixels and R·S weights. Block (tile, output, group, image), in one number.
template <typename T> __device__ void convolution_shared(const T* x, const T* w, T* y, const Geometry& g) {
  constexpr int side = 16;
  DYNAMIC_SHARED(T, pixels);
  const int height = (side - 1) * g.stride_y + (g.window_y - 1) * g.dilation_y + 1;
  const int width = (side - 1) * g.stride_x + (g.window_x - 1) * g.dilation_x + 1;
  T* const weights = pixels + height * width;
  const unsigned across = (g.out_width + side - 1) / side, tiles = across * ((g.out_height + side - 1) / side);
  const unsigned tile = blockIdx.x % tiles, k = blockIdx.x / tiles % g.outputs;
  const unsigned group = blockIdx.x / tiles / g.outputs % g.groups, n = blockIdx.x / tiles / g.outputs / g.groups;
  const int top = tile / across * side, left = tile % across * side, p = top + threadIdx.y, q = left + threadIdx.x;
  const Corner corner = {top * g.stride_y - g.before_y, left * g.stride_x - g.before_x};
  const T* const image = x + g.image(n, group);
  T sum = 0;
  for (int c = 0; c < g.channels; ++c) {
    const T* const of_channel = w + ((size_t(group) * g.outputs + k) * g.channels + c) * g.window();
    const int thread = threadIdx.y * side + threadIdx.x;
    for (int i = thread; i < height * width; i += side * side) {
      int row = corner.top + i / width, column = corner.left + i % width;
      if (g.mirror) {
        row = reflected(row, g.height);
        column = reflected(column, g.width);
      }
      const bool inside = unsigned(row) < unsigned(g.height) && unsigned(column) < unsigned(g.width);
      pixels[i] = inside ? image[(size_t(c) * g.height + row) * g.width + column] : T(0);
    }
    for (int i = thread; i < g.window(); i += side * side) weights[i] = of_channel[i];
    __syncthreads();
    for (int r = 0; r < g.window_y; ++r) {
      for (int s = 0; s < g.window_x; ++s) {
        const int row = threadIdx.y * g.stride_y + r * g.dilation_y, column = threadIdx.x * g.stride_x + s * g.dilation_x;
        sum += weights[r * g.window_x + s] * pixels[row * width + column];
      }
    }
    __syncthreads();
  }
  if (p < g.out_height && q < g.out_width) y[g.result(n, group) + (size_t(k) * g.out_height + p) * g.out_width + q] = sum;
}
KERNEL_F32_F64(convolution_shared, RUNG_PARAMETERS, RUNG_ARGUMENTS)

// 3. Directly, with 8 outputs per thread in registers: convolution_forward_direct in convolution.cu.

// 4. A matrix product: 32×32 threads compute 32 outputs of 32 places. In each step they read 32 taps of 32 outputs' weights,
// and gather the pixels under 32 taps of 32 windows: both serve 32 products. The plainest implicit GEMM.
template <typename T> __device__ void convolution_gathered(const T* x, const T* w, T* y, const Geometry& g) {
  constexpr int side = 32;
  T* const weights = tile_memory<T, 2 * side * side>();
  T* const pixels = weights + side * side;
  const unsigned across = (g.images * g.places() + side - 1) / side, down = (g.outputs + side - 1) / side;
  const unsigned group = blockIdx.x / across / down, k = blockIdx.x / across % down * side + threadIdx.y;
  const unsigned column = blockIdx.x % across * side + threadIdx.x;
  const bool inside = column < g.images * g.places();
  const unsigned n = inside ? g.by_places.divide(column) : 0, place = inside ? column - n * g.places() : 0;
  const T* const image = x + g.image(n, group);
  const T* const of_output = w + (size_t(group) * g.outputs + k) * g.depth();
  const Corner corner = corner_of(g, place);
  const int depth = g.depth(), cell = threadIdx.y * side + threadIdx.x;
  T sum = 0;
  for (int from = 0; from < depth; from += side) {
    const int tap = from + threadIdx.x, gathered = from + threadIdx.y;
    weights[cell] = k < unsigned(g.outputs) && tap < depth ? of_output[tap] : T(0);
    pixels[cell] = inside && gathered < depth ? pixel_at(g, image, corner, unsigned(gathered)) : T(0);
    __syncthreads();
    for (int l = 0; l < side; ++l) sum += weights[threadIdx.y * side + l] * pixels[l * side + threadIdx.x];
    __syncthreads();
  }
  if (k < unsigned(g.outputs) && inside) y[g.result(n, group) + size_t(k) * g.places() + place] = sum;
}
KERNEL_F32_F64(convolution_gathered, RUNG_PARAMETERS, RUNG_ARGUMENTS)

// 5. The same with packs, 8×8 sums per thread and two buffers: convolution_forward_large in convolution.cu.

// The way back to x, the formula turned round: a thread per pixel asks every tap of every output which place, if any, has
// seen the pixel there. (Without mirroring.) Next rungs: directly, for 4 channels at once, and as a matrix product.
template <typename T>
__device__ void convolution_backward_data_naive(const T* w, const T* gradient, T* dx, const Geometry& g) {
  const unsigned count = unsigned(g.images) * g.groups * g.channels * g.plane();
  const unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= count) return;
  const int column = i % g.width, row = i / g.width % g.height;
  const unsigned c = i / g.plane() % g.channels, group = i / g.plane() / g.channels % g.groups;
  const T* const seen = gradient + g.result(i / g.plane() / g.channels / g.groups, group);
  T sum = 0;
  for (int k = 0; k < g.outputs; ++k) {
    const T* const of_output = w + ((size_t(group) * g.outputs + k) * g.channels + c) * g.window();
    for (int r = 0; r < g.window_y; ++r) {
      const int p = place_hit(row + g.before_y, r * g.dilation_y, g.stride_y, g.by_stride_y, g.out_height);
      for (int s = 0; s < g.window_x; ++s) {
        const int q = place_hit(column + g.before_x, s * g.dilation_x, g.stride_x, g.by_stride_x, g.out_width);
        if (p >= 0 && q >= 0) sum += of_output[r * g.window_x + s] * seen[(size_t(k) * g.out_height + p) * g.out_width + q];
      }
    }
  }
  dx[i] = sum;
}
KERNEL_F32_F64(convolution_backward_data_naive, (const T* w, const T* gradient, T* dx, Geometry g), (w, gradient, dx, g))

// The way back to w: a thread per weight goes through all places of all images. There are far fewer weights than a device
// has threads, and each sum is long. Next rungs: as a matrix product, and with the sum split among blocks.
template <typename T>
__device__ void convolution_backward_weights_naive(const T* x, const T* gradient, T* dw, const Geometry& g) {
  const unsigned i = blockIdx.x * blockDim.x + threadIdx.x, depth = g.depth();
  if (i >= unsigned(g.groups) * g.outputs * depth) return;
  const unsigned tap = i % depth, k = i / depth % g.outputs, group = i / depth / g.outputs;
  T sum = 0;
  for (int n = 0; n < g.images; ++n) {
    const T* const image = x + g.image(n, group);
    const T* const of_place = gradient + g.result(n, group) + size_t(k) * g.places();
    for (unsigned place = 0; place < g.places(); ++place) sum += of_place[place] * pixel_at(g, image, corner_of(g, place), tap);
  }
  dw[i] = sum;
}
KERNEL_F32_F64(convolution_backward_weights_naive, (const T* x, const T* gradient, T* dw, Geometry g), (x, gradient, dw, g))
