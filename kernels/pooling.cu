// Pooling over images N×C×H×W: the largest element, or the mean, under a sliding window, plane by plane.
//
// Forward, a thread has an output: it looks at the window's elements, of which neighbours in the warp look at neighbours,
// so that a warp reads whole stretches of rows; where windows overlap, the cache serves the second look.
// Backward the natural loop is over outputs too, each adding to the inputs it came from, but then threads would add to
// the same place at once, in an order that nobody controls. So it is turned round: a thread has an *input*, asks which
// windows cover it, and adds up their gradients, always in the same order. Every element of dx is written exactly once.
#include "engine_cuda.h"
#include "loops.h"

struct PoolingAxis {
  int inputs, outputs;              // sizes
  int kernel, stride, dilation;     // the window: how many it touches, its step, the distance between those it touches
  int before;                       // padding before the first input
};

struct PoolingWindow {
  PoolingAxis rows, columns;
};

// The inputs under the window of an output: first, first + dilation … below end. Padding is left out.
struct Under {
  int first, end, count;

  __device__ __forceinline__ Under(const PoolingAxis& axis, int output) {
    first = output * axis.stride - axis.before;
    end = min_(first + axis.kernel * axis.dilation, axis.inputs);
    if (first < 0) first += (-first + axis.dilation - 1) / axis.dilation * axis.dilation;
    count = (end - first + axis.dilation - 1) / axis.dilation;
  }
};

// The outputs whose windows cover an input: those from first to last for which reaches() is true.
struct Over {
  int first, last;

  __device__ __forceinline__ Over(const PoolingAxis& axis, int input) {
    const int padded = input + axis.before, farthest = padded - (axis.kernel - 1) * axis.dilation;
    first = farthest <= 0 ? 0 : (farthest + axis.stride - 1) / axis.stride;
    last = min_(padded / axis.stride, axis.outputs - 1);
  }

  // Between the elements that a dilated window touches it leaves some out.
  static __device__ __forceinline__ bool reaches(const PoolingAxis& axis, int output, int input) {
    return axis.dilation == 1 || (input + axis.before - output * axis.stride) % axis.dilation == 0;
  }
};

// Where element i of N·C planes of rows × columns lies.
struct Place {
  unsigned plane;
  int row, column;

  __device__ __forceinline__ Place(unsigned i, int rows, int columns) {
    const unsigned line = i / columns;
    plane = line / rows;
    row = int(line % rows);
    column = int(i % columns);
  }
};

// y = the largest under the window, arg_max = where in its plane; the first of equals in row order. NaN counts as the
// largest, and the first NaN stays: the comparisons below are false for it.
template <typename T>
__device__ void max_pooling_forward(const T* __restrict__ x, T* __restrict__ y, int* __restrict__ arg_max, int n, PoolingWindow window) {
  GRID_STRIDE_LOOP(i, n) {
    const Place at(i, window.rows.outputs, window.columns.outputs);
    const Under rows(window.rows, at.row), columns(window.columns, at.column);
    const T* plane = x + size_t(at.plane) * window.rows.inputs * window.columns.inputs;
    int best = rows.first * window.columns.inputs + columns.first;
    T largest = plane[best];
    for (int row = rows.first; row < rows.end; row += window.rows.dilation) {
      for (int column = columns.first; column < columns.end; column += window.columns.dilation) {
        const int place = row * window.columns.inputs + column;
        const T candidate = plane[place];
        if (candidate > largest || (candidate != candidate && largest == largest)) {
          largest = candidate;
          best = place;
        }
      }
    }
    y[i] = largest;
    arg_max[i] = best;
  }
}
KERNEL_F32_F64(max_pooling_forward, (const T* x, T* y, int* arg_max, int n, PoolingWindow window), (x, y, arg_max, n, window))

// dx = the sum of the gradients of those windows that found their largest here.
template <typename T>
__device__ void max_pooling_backward(const T* __restrict__ g, const int* __restrict__ arg_max, T* __restrict__ dx, int n, PoolingWindow window) {
  GRID_STRIDE_LOOP(i, n) {
    const Place at(i, window.rows.inputs, window.columns.inputs);
    const Over rows(window.rows, at.row), columns(window.columns, at.column);
    const size_t plane = size_t(at.plane) * window.rows.outputs * window.columns.outputs;
    const int here = at.row * window.columns.inputs + at.column;
    T sum = T(0);
    for (int row = rows.first; row <= rows.last; ++row) {
      for (int column = columns.first; column <= columns.last; ++column) {
        const size_t output = plane + row * window.columns.outputs + column;
        if (arg_max[output] == here) sum += g[output];
      }
    }
    dx[i] = sum;
  }
}
KERNEL_F32_F64(max_pooling_backward, (const T* g, const int* arg_max, T* dx, int n, PoolingWindow window), (g, arg_max, dx, n, window))

// y = the mean of what lies under the window, padding excluded from sum and count.
template <typename T> __device__ void average_pooling_forward(const T* __restrict__ x, T* __restrict__ y, int n, PoolingWindow window) {
  GRID_STRIDE_LOOP(i, n) {
    const Place at(i, window.rows.outputs, window.columns.outputs);
    const Under rows(window.rows, at.row), columns(window.columns, at.column);
    const T* plane = x + size_t(at.plane) * window.rows.inputs * window.columns.inputs;
    T sum = T(0);
    for (int row = rows.first; row < rows.end; row += window.rows.dilation) {
      T line = T(0);                // row by row, so that a large window's sum does not err with its area
      for (int column = columns.first; column < columns.end; column += window.columns.dilation) {
        line += plane[row * window.columns.inputs + column];
      }
      sum += line;
    }
    y[i] = sum / T(rows.count * columns.count);
  }
}
KERNEL_F32_F64(average_pooling_forward, (const T* x, T* y, int n, PoolingWindow window), (x, y, n, window))

// dx = the sum of the shares of all windows that cover it: each gradient by the number of elements under its window.
template <typename T> __device__ void average_pooling_backward(const T* __restrict__ g, T* __restrict__ dx, int n, PoolingWindow window) {
  GRID_STRIDE_LOOP(i, n) {
    const Place at(i, window.rows.inputs, window.columns.inputs);
    const Over rows(window.rows, at.row), columns(window.columns, at.column);
    const size_t plane = size_t(at.plane) * window.rows.outputs * window.columns.outputs;
    T sum = T(0);
    for (int row = rows.first; row <= rows.last; ++row) {
      if (!Over::reaches(window.rows, row, at.row)) continue;
      const int height = Under(window.rows, row).count;
      for (int column = columns.first; column <= columns.last; ++column) {
        if (!Over::reaches(window.columns, column, at.column)) continue;
        sum += g[plane + row * window.columns.outputs + column] / T(height * Under(window.columns, column).count);
      }
    }
    dx[i] = sum;
  }
}
KERNEL_F32_F64(average_pooling_backward, (const T* g, T* dx, int n, PoolingWindow window), (g, dx, n, window))
