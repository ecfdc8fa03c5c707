// Layout: the same numbers in another order, or a part of them. Nothing is computed; what matters is that a warp reads and
// writes memory in long pieces, both at once if that can be had.
//
// Only the size of an element counts, so the Float32 kernels also move Int32, and those for packs anything that comes in
// multiples of 16 bytes.
#include "loops.h"
#include "packs.h"

// ---- Permute: axis i of y is axis axes[i] of x.

// The axes of y, innermost first; neighbours that stay neighbours are joined. step: how far apart the neighbours along
// an axis lie in x.
struct PermuteAxes {
  static constexpr int MOST = 6;
  int count;
  unsigned size[MOST], step[MOST];
};

// Element i of y is fetched from where it lies in x. The writes are in order; the reads are too where the innermost axis
// of y is that of x, and then a warp copies a piece of a row. Otherwise every lane reads from a place of its own, which
// costs up to eight times the traffic: fine for a short axis, whose pieces the cache puts together.
template <typename T> __device__ void permute(const T* __restrict__ x, T* __restrict__ y, int n, const PermuteAxes& axes) {
  GRID_STRIDE_LOOP(i, n) {
    unsigned rest = i, source = 0;
    for (int axis = 0; axis < axes.count; ++axis) {
      const unsigned outer = rest / axes.size[axis];
      source += (rest - outer * axes.size[axis]) * axes.step[axis];
      rest = outer;
    }
    y[i] = x[source];
  }
}
KERNEL_F32_F64(permute, (const T* x, T* y, int n, PermuteAxes axes), (x, y, n, axes))
KERNEL_F32_OF(permute_packs, (const Pack<T>* x, Pack<T>* y, int n, PermuteAxes axes), (x, y, n, axes), ::permute<Pack<T>>)

// Where the innermost axes differ: along `rows` y is contiguous, along `columns` x is.
struct TransposeAxes {
  unsigned rows, row_step;              // how many, and how far apart in x
  unsigned columns, column_step;        // how many, and how far apart in y
  int count;                            // the axes around these two
  unsigned size[4], step_x[4], step_y[4];
};

// A block turns a square of 32 × 32 elements through shared memory: it reads the square row by row as x has it, each row
// of a warp contiguous, and writes it column by column, as y has it, each column contiguous. threadIdx.x is the place in
// the contiguous direction both times; the 8 rows of threads go over the square in 4 rounds.
//
// Shared memory has 32 banks. A column of a square 32 wide lies in one bank, and a warp would read it one element after
// the other; one more element per row moves each row on by a bank, and the column lies in all 32.
template <typename T> __device__ void permute_transpose(const T* __restrict__ x, T* __restrict__ y, const TransposeAxes& axes) {
  constexpr int SIDE = 32, THREAD_ROWS = 8;
  __shared__ T square[SIDE][SIDE + 1];

  unsigned rest = blockIdx.x;
  const unsigned across = (axes.columns + SIDE - 1) / SIDE, down = (axes.rows + SIDE - 1) / SIDE;
  const unsigned first_column = rest % across * SIDE;
  rest /= across;
  const unsigned first_row = rest % down * SIDE;
  rest /= down;
  for (int axis = 0; axis < axes.count; ++axis) {
    const unsigned outer = rest / axes.size[axis], position = rest - outer * axes.size[axis];
    x += position * axes.step_x[axis];
    y += position * axes.step_y[axis];
    rest = outer;
  }

#pragma unroll
  for (int i = 0; i < SIDE; i += THREAD_ROWS) {
    const unsigned row = first_row + threadIdx.y + i, column = first_column + threadIdx.x;
    if (row < axes.rows && column < axes.columns) square[threadIdx.y + i][threadIdx.x] = x[row * axes.row_step + column];
  }
  __syncthreads();
#pragma unroll
  for (int i = 0; i < SIDE; i += THREAD_ROWS) {
    const unsigned row = first_row + threadIdx.x, column = first_column + threadIdx.y + i;
    if (row < axes.rows && column < axes.columns) y[column * axes.column_step + row] = square[threadIdx.x][threadIdx.y + i];
  }
}
KERNEL_F32_F64(permute_transpose, (const T* x, T* y, TransposeAxes axes), (x, y, axes))

// ---- Slice and place: a part of a tensor along an axis is equal runs out of equal longer runs.

// Element i of the n that are copied is element i mod run of run i / run; x_step and y_step apart, the runs follow each
// other. In a warp neighbours copy neighbours, but where a run ends.
template <typename T>
__device__ void copy_runs(const T* __restrict__ x, T* __restrict__ y, int n, unsigned run, unsigned x_step, unsigned y_step) {
  GRID_STRIDE_LOOP(i, n) {
    const unsigned number = i / run, place = i - number * run;
    y[number * y_step + place] = x[number * x_step + place];
  }
}
KERNEL_F32_F64(copy_runs, (const T* x, T* y, int n, unsigned run, unsigned x_step, unsigned y_step),
               (x, y, n, run, x_step, y_step))
KERNEL_F32_OF(copy_runs_of_packs, (const Pack<T>* x, Pack<T>* y, int n, unsigned run, unsigned x_step, unsigned y_step),
              (x, y, n, run, x_step, y_step), ::copy_runs<Pack<T>>)
