# The emulator and the kernels that run on it, twice: plain, and checked.
#
# The checked kernels are compiled with -fsanitize=thread, which puts a call before every memory access. The functions
# called are the emulator's own (kernels/emulator/checker_hooks.cpp), so no sanitizer is linked. The same goes for the other
# sanitizers, which look at array indices, alignment and divisors.

if(WIN32)
  message(STATUS "Emulated CUDA is not built on Windows yet: its fibers and fault handling are written for Linux and macOS.")
  return()
endif()

enable_language(CXX)
find_package(Threads REQUIRED)
set(EMULATOR ${CMAKE_SOURCE_DIR}/kernels/emulator)
file(GLOB EMULATOR_SOURCES CONFIGURE_DEPENDS ${EMULATOR}/*.cpp)
list(FILTER EMULATOR_SOURCES EXCLUDE REGEX "/checker[^/]*\\.cpp$")
file(GLOB CHECKER_SOURCES CONFIGURE_DEPENDS ${EMULATOR}/checker*.cpp)

# Both variants may be loaded into one process, so nothing of a library is visible that need not be, and the linker must
# not make one of two equal template variables (-fno-gnu-unique).
set(KERNEL_OPTIONS -ffp-contract=off -fvisibility=hidden -Wall -Wno-unknown-pragmas)
if(NOT APPLE)
  # A frame larger than the page below a fiber's stack may not step over it.
  list(APPEND KERNEL_OPTIONS -fstack-clash-protection)
endif()
set(CHECKED_OPTIONS -O1 -g -fsanitize=thread,bounds,alignment,integer-divide-by-zero)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  list(APPEND KERNEL_OPTIONS -fno-gnu-unique)
  list(APPEND CHECKED_OPTIONS --param tsan-instrument-func-entry-exit=0)
endif()

function(engine_library target folder)
  set_target_properties(${target} PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${folder} BUILD_WITH_INSTALL_RPATH ON)
  if(APPLE)
    set_target_properties(${target} PROPERTIES INSTALL_RPATH "@loader_path")
  else()
    set_target_properties(${target} PROPERTIES INSTALL_RPATH "\$ORIGIN")
  endif()
endfunction()

# engine_emulator_library(SUFFIX SOURCES...): the run-time.
function(engine_emulator_library suffix)
  add_library(engine_emulator${suffix} SHARED ${ARGN})
  target_compile_options(engine_emulator${suffix} PRIVATE -fvisibility=hidden -Wall -Wextra)
  target_link_libraries(engine_emulator${suffix} PRIVATE Threads::Threads ${CMAKE_DL_LIBS})
  if(NOT APPLE)
    # Its signal handler stays installed, so the library stays loaded.
    target_link_options(engine_emulator${suffix} PRIVATE -Wl,-z,nodelete)
  endif()
  engine_library(engine_emulator${suffix} ${OUT})
endfunction()

# engine_kernel_library(NAME FOLDER SUFFIX SOURCES OPTIONS...): kernels for the run-time of that suffix.
function(engine_kernel_library name folder suffix sources)
  set(target ${name}${suffix})
  set_source_files_properties(${sources} PROPERTIES LANGUAGE CXX)
  add_library(${target} SHARED ${sources})
  # LANGUAGE CXX alone leaves g++ looking at the extension.
  target_compile_options(${target} PRIVATE -x c++ ${KERNEL_OPTIONS} ${ARGN})
  target_include_directories(${target} PRIVATE ${CMAKE_SOURCE_DIR}/kernels)
  target_link_libraries(${target} PRIVATE engine_emulator${suffix})
  engine_library(${target} ${folder})
endfunction()

engine_emulator_library("" ${EMULATOR_SOURCES})
if(KERNELS)
  engine_kernel_library(engine_kernels ${OUT} "" "${KERNELS}" -g1)
endif()

if(NOT APPLE)
  engine_emulator_library(_checked ${EMULATOR_SOURCES} ${CHECKER_SOURCES})
  target_compile_definitions(engine_emulator_checked PUBLIC EMU_CHECKED)
  if(KERNELS)
    engine_kernel_library(engine_kernels ${OUT} _checked "${KERNELS}" ${CHECKED_OPTIONS})
  endif()
endif()

# Kernels with mistakes, which the tests expect to be found.
file(GLOB WRONG_KERNELS CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/Engine.Tests/Emulator/wrong/*.cu)
engine_kernel_library(engine_wrong_kernels ${OUT}/tests "" "${WRONG_KERNELS}" -g1)
if(NOT APPLE)
  engine_kernel_library(engine_wrong_kernels ${OUT}/tests _checked "${WRONG_KERNELS}" ${CHECKED_OPTIONS})
endif()
