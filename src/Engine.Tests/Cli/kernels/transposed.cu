// check transpose
//   rows = 3, 32
//   columns = 3, 32, 5
//   x[rows * columns], y[rows * columns]
//   grid (columns + 15) / 16, (rows + 15) / 16
//   block 16, 16
extern "C" __global__ void transpose(const float* x, float* y, int rows, int columns) {
  const int c = blockIdx.x * blockDim.x + threadIdx.x, r = blockIdx.y * blockDim.y + threadIdx.y;
  if (r < rows && c < columns) y[r * columns + c] = x[r * columns + c];
}

extern "C" __global__ void transpose_reference(const float* x, float* y, int rows, int columns) {
  for (int r = 0; r < rows; ++r) {
    for (int c = 0; c < columns; ++c) y[c * rows + r] = x[r * columns + c];
  }
}
