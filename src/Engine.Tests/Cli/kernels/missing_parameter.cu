// check scale
//   n = 4
//   x[n]
//   grid 1
//   block n
extern "C" __global__ void scale(float* x, float factor, int n) { x[threadIdx.x] *= factor; }
