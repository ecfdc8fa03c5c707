// Mathematics under one name for both number types, so that a template says exp_(x) and gets expf or exp.
// (CUDA overloads some of these names itself, but not the same ones for every compiler; and calling the double function
// for a float would be right and 32 times slower on most devices.)
#pragma once

#define ENGINE_MATH static __device__ __forceinline__

#define ENGINE_MATH_1(name, function)                                  \
  ENGINE_MATH float name(float x) { return function##f(x); }           \
  ENGINE_MATH double name(double x) { return function(x); }

#define ENGINE_MATH_2(name, function)                                           \
  ENGINE_MATH float name(float x, float y) { return function##f(x, y); }        \
  ENGINE_MATH double name(double x, double y) { return function(x, y); }

ENGINE_MATH_1(exp_, exp)
ENGINE_MATH_1(expm1_, expm1)
ENGINE_MATH_1(log_, log)
ENGINE_MATH_1(log1p_, log1p)
ENGINE_MATH_1(sqrt_, sqrt)
ENGINE_MATH_1(rsqrt_, rsqrt)      // 1/sqrt(x), approximate on a GPU: within 2 ulp
ENGINE_MATH_1(tanh_, tanh)
ENGINE_MATH_1(sin_, sin)
ENGINE_MATH_1(cos_, cos)
ENGINE_MATH_1(erf_, erf)
ENGINE_MATH_1(abs_, fabs)
ENGINE_MATH_1(floor_, floor)
ENGINE_MATH_1(ceil_, ceil)
ENGINE_MATH_2(max_, fmax)         // a NaN loses against a number
ENGINE_MATH_2(min_, fmin)
ENGINE_MATH_2(pow_, pow)

ENGINE_MATH float fma_(float x, float y, float z) { return fmaf(x, y, z); }      // x·y + z, rounded once
ENGINE_MATH double fma_(double x, double y, double z) { return fma(x, y, z); }

ENGINE_MATH int max_(int x, int y) { return x > y ? x : y; }
ENGINE_MATH int min_(int x, int y) { return x < y ? x : y; }

template <typename T> ENGINE_MATH T infinity_();
template <> __device__ __forceinline__ float infinity_<float>() { return __int_as_float(0x7f800000); }
template <> __device__ __forceinline__ double infinity_<double>() { return __longlong_as_double(0x7ff0000000000000LL); }

#undef ENGINE_MATH_1
#undef ENGINE_MATH_2
#undef ENGINE_MATH
