# PTX for the GPU where there is nvcc, and the check that the kernels are CUDA where there is clang.

find_program(NVCC nvcc HINTS $ENV{CUDA_PATH}/bin $ENV{CUDA_HOME}/bin /usr/local/cuda/bin)
if(NVCC AND KERNELS)
  foreach(source ${KERNELS})
    get_filename_component(family ${source} NAME_WE)
    set(ptx ${OUT}/ptx/${family}.ptx)
    add_custom_command(OUTPUT ${ptx}
      COMMAND ${CMAKE_COMMAND} -E make_directory ${OUT}/ptx
      COMMAND ${NVCC} -ptx -O3 -std=c++17 -arch=compute_75 -lineinfo ${source} -o ${ptx}
      DEPENDS ${source} ${HEADERS} VERBATIM)
    list(APPEND PTX_FILES ${ptx})
  endforeach()
  add_custom_target(ptx ALL DEPENDS ${PTX_FILES})
endif()

find_program(CLANG_CUDA NAMES clang++-19 clang++-20 clang++-18)
if(CLANG_CUDA AND KERNELS)
  foreach(source ${KERNELS})
    get_filename_component(family ${source} NAME_WE)
    set(checked ${CMAKE_BINARY_DIR}/ptx-check/${family}.ptx)
    # Without ptx75 the warp functions are unknown; a loop that clang declines to unroll is no mistake.
    add_custom_command(OUTPUT ${checked}
      COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/ptx-check
      COMMAND ${CLANG_CUDA} -x cuda --cuda-device-only -nocudainc -nocudalib --cuda-gpu-arch=sm_75
              -Xclang -target-feature -Xclang +ptx75 -std=c++17 -O3 -Wall -Werror -Wno-pass-failed
              -S ${source} -o ${checked}
      DEPENDS ${source} ${HEADERS} VERBATIM)
    list(APPEND CHECKED_FILES ${checked})
  endforeach()
  add_custom_target(ptx-check DEPENDS ${CHECKED_FILES})
endif()
