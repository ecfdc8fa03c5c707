// Panels of the matrices that a convolution multiplies, gathered from the images where they are needed, and the tile of
// images that the product is written to. For tiles.h; which product is which stands in convolution.cu.
#pragma once
#include "convolution_geometry.h"
#include "panels.h"

// How threads share a panel number by number. Across: neighbouring threads take neighbouring rows of the panel, and
// a thread keeps its row. Along: neighbouring threads take neighbouring k, and a thread keeps its k within the step.
template <typename Tiling, int EXTENT, int PITCH, bool ALONG_K> struct Share {
  typedef typename Tiling::T T;
  static constexpr int count = EXTENT * Tiling::depth / Tiling::threads;
  static_assert(count * Tiling::threads == EXTENT * Tiling::depth, "each thread gathers equally many numbers");
  static_assert(ALONG_K ? Tiling::threads % Tiling::depth == 0 : Tiling::threads % EXTENT == 0, "a thread keeps its place");
  T held[count];

  static __device__ __forceinline__ int row(int i) {
    return ALONG_K ? threadIdx.x / Tiling::depth + i * (Tiling::threads / Tiling::depth) : threadIdx.x % EXTENT;
  }
  static __device__ __forceinline__ int k(int i) {
    return ALONG_K ? threadIdx.x % Tiling::depth : threadIdx.x / EXTENT + i * (Tiling::threads / EXTENT);
  }
  __device__ __forceinline__ void put(T* shared) const {
#pragma unroll
    for (int i = 0; i < count; ++i) shared[k(i) * PITCH + row(i)] = held[i];
  }
};

// Columns of x: one per place (n, p, q); k numbers the taps (c, r, s).
template <typename Tiling> struct ImageColumns : Share<Tiling, Tiling::columns, Tiling::pitch_b, false> {
  typedef typename Tiling::T T;
  const Geometry& g;
  const T* image;
  Corner corner;
  bool inside;

  __device__ __forceinline__ ImageColumns(const Geometry& g, const T* x, unsigned group, unsigned first) : g(g) {
    const unsigned place = first + this->row(0);
    inside = place < g.images * g.places();
    const unsigned n = inside ? g.by_places.divide(place) : 0;
    image = x + g.image(n, group);
    corner = corner_of(g, inside ? place - n * g.places() : 0);
  }
  __device__ __forceinline__ void fetch(unsigned from, unsigned end) {
#pragma unroll
    for (int i = 0; i < this->count; ++i) {
      const unsigned tap = from + this->k(i);
      this->held[i] = inside && tap < end ? pixel_at(g, image, corner, tap) : T(0);
    }
  }
};

// Columns of g for the way back: one per pixel (n, y, x) of dx; k numbers (output, r, s). The number is g at the place
// whose window has tap (r, s) on that pixel, and zero if the stride steps over it.
template <typename Tiling> struct GradientColumns : Share<Tiling, Tiling::columns, Tiling::pitch_b, false> {
  typedef typename Tiling::T T;
  const Geometry& g;
  const T* gradient;
  int y, x;          // in the padded image
  bool inside;

  __device__ __forceinline__ GradientColumns(const Geometry& g, const T* all, unsigned group, unsigned first) : g(g) {
    const unsigned pixel = first + this->row(0);
    inside = pixel < g.images * g.plane();
    const unsigned n = inside ? g.by_plane.divide(pixel) : 0, within = inside ? pixel - n * g.plane() : 0;
    gradient = all + g.result(n, group);
    const unsigned row = g.by_width.divide(within);
    y = int(row) + g.before_y;
    x = int(within - row * g.width) + g.before_x;
  }
  __device__ __forceinline__ void fetch(unsigned from, unsigned end) {
#pragma unroll
    for (int i = 0; i < this->count; ++i) {
      const unsigned k = from + this->k(i);
      this->held[i] = inside && k < end ? at(k) : T(0);
    }
  }
  __device__ __forceinline__ T at(unsigned k) const {
    const unsigned output = g.by_window.divide(k), tap = k - output * g.window();
    const unsigned r = g.by_window_x.divide(tap), s = tap - r * g.window_x;
    const int p = place_hit(y, r * g.dilation_y, g.stride_y, g.by_stride_y, g.out_height);
    const int q = place_hit(x, s * g.dilation_x, g.stride_x, g.by_stride_x, g.out_width);
    return p >= 0 && q >= 0 ? gradient[(size_t(output) * g.out_height + p) * g.out_width + q] : T(0);
  }
};

// wᵀ for the way back: a row per channel; k numbers (output, r, s). Neighbouring channels' windows lie side by side.
template <typename Tiling> struct TurnedWeights : Share<Tiling, Tiling::rows, Tiling::pitch_a, true> {
  typedef typename Tiling::T T;
  const Geometry& g;
  const T* w;
  unsigned first;

  __device__ __forceinline__ TurnedWeights(const Geometry& g, const T* all, unsigned group, unsigned first)
      : g(g), w(all + size_t(group) * g.outputs * g.depth()), first(first) {}

  __device__ __forceinline__ void fetch(unsigned from, unsigned end) {
    const unsigned k = from + this->k(0), output = g.by_window.divide(k < end ? k : 0);
    const T* const at = w + size_t(output) * g.depth() + (k - output * g.window());
#pragma unroll
    for (int i = 0; i < this->count; ++i) {
      const unsigned channel = first + this->row(i);
      this->held[i] = k < end && channel < unsigned(g.channels) ? at[channel * g.window()] : T(0);
    }
  }
};

// g, a row per output, summed over all places (n, p, q), by which k is numbered here.
template <typename Tiling> struct GradientRows : Share<Tiling, Tiling::rows, Tiling::pitch_a, true> {
  typedef typename Tiling::T T;
  const Geometry& g;
  const T* gradient;
  unsigned group, first;

  __device__ __forceinline__ GradientRows(const Geometry& g, const T* gradient, unsigned group, unsigned first)
      : g(g), gradient(gradient), group(group), first(first) {}

  __device__ __forceinline__ void fetch(unsigned from, unsigned end) {
    const unsigned k = from + this->k(0), n = g.by_places.divide(k < end ? k : 0);
    const T* const at = gradient + g.result(n, group) + (k - n * g.places());
#pragma unroll
    for (int i = 0; i < this->count; ++i) {
      const unsigned output = first + this->row(i);
      this->held[i] = k < end && output < unsigned(g.outputs) ? at[size_t(output) * g.places()] : T(0);
    }
  }
};

// The columns of x once more, transposed: a row per tap (c, r, s), k numbers the places.
template <typename Tiling> struct ImageRows : Share<Tiling, Tiling::columns, Tiling::pitch_b, true> {
  typedef typename Tiling::T T;
  const Geometry& g;
  const T* x;
  unsigned group, first;

  __device__ __forceinline__ ImageRows(const Geometry& g, const T* x, unsigned group, unsigned first)
      : g(g), x(x), group(group), first(first) {}

  __device__ __forceinline__ void fetch(unsigned from, unsigned end) {
    const unsigned k = from + this->k(0), place = k < end ? k : 0, n = g.by_places.divide(place);
    const Corner corner = corner_of(g, place - n * g.places());
    const T* const image = x + g.image(n, group);
#pragma unroll
    for (int i = 0; i < this->count; ++i) {
      const unsigned tap = first + this->row(i);
      this->held[i] = k < end && tap < unsigned(g.depth()) ? pixel_at(g, image, corner, tap) : T(0);
    }
  }
};

// Where the tiles of y and dx go: rows are channels, columns run through the planes of one image after the other. With
// planes that are a multiple of a pack, a pack of columns lies in one of them.
template <typename T> struct PlaneTile {
  static constexpr int pack = Pack<T>::size;
  T* y;                    // the group's channels of the first image
  const T* bias;           // of the group's channels, or null
  Divisor by_plane;
  size_t image_step;       // from one image to the next
  unsigned plane, row, column, rows, columns;     // the tile's corner; how many there are in all
  int activation;
  bool packs;

  __device__ __forceinline__ void operator()(int tile_row, int tile_column, Pack<T> sum) const {
    const unsigned channel = row + tile_row, at = column + tile_column;
    if (channel >= rows || at >= columns) return;
    const T offset = bias == nullptr ? T(0) : bias[channel];
#pragma unroll
    for (int v = 0; v < pack; ++v) sum.at[v] = activated(sum.at[v] + offset, activation);
    unsigned n = by_plane.divide(at), within = at - n * plane;
    if (packs) {
      store_pack(y + n * image_step + size_t(channel) * plane + within, sum);
      return;
    }
#pragma unroll
    for (int v = 0; v < pack; ++v) {
      if (at + v >= columns) return;
      y[n * image_step + size_t(channel) * plane + within] = sum.at[v];
      if (++within == plane) {
        within = 0;
        ++n;
      }
    }
  }
};
