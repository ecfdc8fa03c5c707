// Elementwise arithmetic: fill, functions of one number, the four operations on two with broadcasting, weighted sums.
//
// Where arrays are gone through from end to end, it is done in packs of 16 bytes (sweep.h). Where an operand repeats, the
// question is which of its elements an element of the result belongs to; three kernels answer it, the cheapest first:
//   NAME            both operands have the shape of the result: element i belongs to element i
//   NAME_repeated   one operand has it; the other repeats as (i / inner) mod length: a scalar, a number per channel,
//                   per row, per column
//   NAME_strided    anything else: the position along every axis, times a stride that is 0 where the operand repeats
#include "loops.h"
#include "sweep.h"
#include "tensor_table.h"

// ---- Fill: many tensors in one launch, each a row of the table with one column.

template <typename T> __device__ __forceinline__ void fill(const TensorTable& table, T value) {
  const TableTile at = table_tile(table);
  T* y = table_array<T>(table, at.row, 0);
  on_tile<T>(at.tile, at.size, [=](auto tile) INLINED {
    Share<T> share;
#pragma unroll
    for (int i = 0; i < Share<T>::COUNT; ++i) share[i] = value;
    tile.store(share, y);
  }, y);
}
KERNEL_F32_F64(fill, (TensorTable table, T value), (table, value))
ENGINE_KERNEL_AS(i32, int, fill, (TensorTable table, T value), (table, value), ::fill<T>)

// ---- Functions of one number: y may be x.

#define UNARY(name, formula)                                                                        \
  template <typename T> __device__ void unary_##name(const T* x, T* y, int n) {                     \
    map(x, y, n, [](T x) { return formula; });                                                      \
  }                                                                                                 \
  KERNEL_F32_F64(unary_##name, (const T* x, T* y, int n), (x, y, n))

UNARY(negate, -x)
UNARY(exp, exp_(x))
UNARY(log, log_(x))
UNARY(sqrt, sqrt_(x))
UNARY(tanh, tanh_(x))
UNARY(erf, erf_(x))

// ---- Functions of two numbers. y may be an operand that has y's shape.

struct Add {
  template <typename T> __device__ T operator()(T a, T b) const { return a + b; }
};
struct Subtract {
  template <typename T> __device__ T operator()(T a, T b) const { return a - b; }
};
struct Multiply {
  template <typename T> __device__ T operator()(T a, T b) const { return a * b; }
};
struct Divide {
  template <typename T> __device__ T operator()(T a, T b) const { return a / b; }
};

template <typename T, typename F> __device__ void combine(const T* a, const T* b, T* y, int n) { map(a, b, y, n, F()); }

// y[i] = f(x[i], r[(i / inner) mod length]), or f(r[…], x[i]) where r is the first operand. Only the first element of a
// pack is found by division; its neighbours by counting on. r is short and stays in the cache.
template <typename T, typename F>
__device__ void combine_repeated(const T* x, const T* r, T* y, int n, unsigned inner, unsigned length, int r_is_first) {
  const F f{};
  const auto in_order = [=](T x, T repeated) { return r_is_first ? f(repeated, x) : f(x, repeated); };
  if (length == 1) {
    const T scalar = r[0];
    map(x, y, n, [=](T x) { return in_order(x, scalar); });
    return;
  }
  on_tile<T>(blockIdx.x, n, [=](auto tile) INLINED {
    Share<T> share = tile.load(x);
    unsigned position = 0, index = 0;
#pragma unroll
    for (int i = 0; i < Share<T>::COUNT; ++i) {
      if (!tile.IN_PACKS || i % Share<T>::WIDTH == 0) {
        const unsigned place = tile.place(i);
        position = place % inner;
        index = place / inner % length;
      } else if (++position == inner) {
        position = 0;
        index = index + 1 == length ? 0 : index + 1;
      }
      share[i] = in_order(share[i], r[index]);
    }
    tile.store(share, y);
  }, x, y);
}

// Axes of the result, innermost first, and how far apart neighbours along each lie in the operands: 0 where one repeats.
struct BroadcastAxes {
  static constexpr int MOST = 6;
  int count;
  unsigned size[MOST], step_a[MOST], step_b[MOST];
};

template <typename T, typename F> __device__ void combine_strided(const T* a, const T* b, T* y, int n, const BroadcastAxes& axes) {
  const F f{};
  GRID_STRIDE_LOOP(i, n) {
    unsigned rest = i, at_a = 0, at_b = 0;
    for (int axis = 0; axis < axes.count; ++axis) {
      const unsigned outer = rest / axes.size[axis], position = rest - outer * axes.size[axis];
      at_a += position * axes.step_a[axis];
      at_b += position * axes.step_b[axis];
      rest = outer;
    }
    y[i] = f(a[at_a], b[at_b]);
  }
}

#define BINARY(name, F)                                                                                              \
  KERNEL_F32_F64_OF(name, (const T* a, const T* b, T* y, int n), (a, b, y, n), ::combine<T, F>)                      \
  KERNEL_F32_F64_OF(name##_repeated,                                                                                 \
                    (const T* x, const T* r, T* y, int n, unsigned inner, unsigned length, int r_is_first),          \
                    (x, r, y, n, inner, length, r_is_first), ::combine_repeated<T, F>)                               \
  KERNEL_F32_F64_OF(name##_strided, (const T* a, const T* b, T* y, int n, BroadcastAxes axes), (a, b, y, n, axes),   \
                    ::combine_strided<T, F>)

BINARY(add, Add)
BINARY(subtract, Subtract)
BINARY(multiply, Multiply)
BINARY(divide, Divide)

// ---- y = α·x + β·y. With β = 0, y is written but not read: it may hold anything.

template <typename T> __device__ void add_scaled(T alpha, const T* x, T beta, T* y, int n) {
  if (beta == T(0)) {
    map(x, y, n, [=](T x) { return alpha * x; });
  } else {
    map(x, y, y, n, [=](T x, T y) { return fma_(alpha, x, beta * y); });
  }
}
KERNEL_F32_F64(add_scaled, (T alpha, const T* x, T beta, T* y, int n), (alpha, x, beta, y, n))
