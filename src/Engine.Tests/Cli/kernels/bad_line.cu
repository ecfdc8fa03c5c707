// check scale
//   n = 4
//   x[n
//   grid 1
//   block n
extern "C" __global__ void scale(float* x, int n) { x[threadIdx.x] *= 2; }
