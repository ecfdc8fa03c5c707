// The sizes of a convolution, and how to find one's way in them.
#pragma once
#include "engine_cuda.h"

// Division by a number that stays the same, for n < 2³¹. A GPU has no instruction for integer division; it takes some
// twenty. But ⌊n / d⌋ = ⌊n·m / 2^p⌋, where p = 31 + ⌈log₂ d⌉ and m = ⌈2^p / d⌉ < 2³²: rounding m up makes n·m too large by
// less than n·d < 2^p, that is by less than 1 after the division and by less than 1/d of what would carry n/d over the next
// whole number (Granlund and Montgomery, "Division by Invariant Integers using Multiplication", PLDI 1994). The upper half
// of a product is one instruction. The host works out m and p. For d = 1 m would not fit: nothing is to be divided.
struct Divisor {
  unsigned value, multiplier, shift;

  __device__ __forceinline__ unsigned divide(unsigned n) const { return value == 1 ? n : __umulhi(n, multiplier) >> shift; }
};

// A convolution: y[n,k,p,q] = Σ w[k,c,r,s]·x̃[n, c, p·stride + r·dilation − before, …]. The host has a structure of the
// same layout. Channels and outputs are those of one group; x has groups·channels, y groups·outputs.
struct Geometry {
  int images, groups;
  int channels, height, width;              // c, rows and columns of x
  int outputs, out_height, out_width;       // k, p, q of y
  int window_y, window_x;                   // r, s
  int stride_y, stride_x, dilation_y, dilation_x, before_y, before_x;
  int mirror;                               // beyond the border lies the mirrored image, not zeros
  Divisor by_window, by_window_x;           // by r·s, by s
  Divisor by_places, by_out_width;          // by p·q, by q
  Divisor by_plane, by_width;               // by height·width, by width
  Divisor by_stride_y, by_stride_x;

  __device__ __forceinline__ int window() const { return window_y * window_x; }
  __device__ __forceinline__ int depth() const { return channels * window(); }
  __device__ __forceinline__ unsigned plane() const { return unsigned(height) * width; }
  __device__ __forceinline__ unsigned places() const { return unsigned(out_height) * out_width; }

  // The first number of a group's channels of an image of x, and of y.
  __device__ __forceinline__ size_t image(unsigned n, unsigned group) const {
    return (size_t(n) * groups + group) * channels * plane();
  }
  __device__ __forceinline__ size_t result(unsigned n, unsigned group) const {
    return (size_t(n) * groups + group) * outputs * places();
  }
};

// Where a position lies after reflection at the edges: … 1 0 | 0 1 … size−1 | size−1 ….
__device__ __forceinline__ int reflected(int position, int size) {
  const int period = 2 * size, within = (position % period + period) % period;
  return within < size ? within : period - 1 - within;
}

// A place of the window: where in the padded image its corner lies, measured from the image's.
struct Corner {
  int top, left;
};

__device__ __forceinline__ Corner corner_of(const Geometry& g, unsigned place) {
  const unsigned p = g.by_out_width.divide(place), q = place - p * g.out_width;
  return {int(p) * g.stride_y - g.before_y, int(q) * g.stride_x - g.before_x};
}

// x̃ under tap (c, r, s) of a window at a corner; `image` is a group's channels of one image.
template <typename T>
__device__ __forceinline__ T pixel_at(const Geometry& g, const T* image, Corner corner, int c, int r, int s) {
  int y = corner.top + r * g.dilation_y, x = corner.left + s * g.dilation_x;
  if (unsigned(y) >= unsigned(g.height) || unsigned(x) >= unsigned(g.width)) {
    if (!g.mirror) return T(0);
    y = reflected(y, g.height);
    x = reflected(x, g.width);
  }
  return image[(c * g.height + y) * g.width + x];
}

// The same for the taps numbered through: tap = (c·R + r)·S + s.
template <typename T>
__device__ __forceinline__ T pixel_at(const Geometry& g, const T* image, Corner corner, unsigned tap) {
  const unsigned c = g.by_window.divide(tap), within = tap - c * g.window();
  const unsigned r = g.by_window_x.divide(within);
  return pixel_at(g, image, corner, c, r, within - r * g.window_x);
}

// In which row (or column) of y the window lies whose tap hits `padded`, a row of the padded image counted from 0, when the
// tap stands `offset` below the window's corner: −1 if there is none.
__device__ __forceinline__ int place_hit(int padded, int offset, int stride, const Divisor& by_stride, int places) {
  const int corner = padded - offset;
  if (corner < 0) return -1;
  const int place = by_stride.divide(corner);
  return place * stride == corner && place < places ? place : -1;
}
