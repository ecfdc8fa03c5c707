// The names and numbers of nvrtc.h that the stand-in uses; with -DSTANDIN_VENDOR_HEADERS the header itself.
#pragma once

#ifdef STANDIN_VENDOR_HEADERS
#include <nvrtc.h>
#else

#include <stddef.h>

typedef struct _nvrtcProgram* nvrtcProgram;

enum nvrtcResult {
  NVRTC_SUCCESS = 0,
  NVRTC_ERROR_OUT_OF_MEMORY = 1,
  NVRTC_ERROR_PROGRAM_CREATION_FAILURE = 2,
  NVRTC_ERROR_INVALID_INPUT = 3,
  NVRTC_ERROR_INVALID_PROGRAM = 4,
  NVRTC_ERROR_INVALID_OPTION = 5,
  NVRTC_ERROR_COMPILATION = 6,
  NVRTC_ERROR_INTERNAL_ERROR = 11
};

#endif
