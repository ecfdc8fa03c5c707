# Configures and builds the native half: cmake -P build/build-native.cmake
# Prints "skipped: ..." where something it needs is missing; that is no failure. What does not compile is one.
# Builds that run at the same time take turns.

cmake_minimum_required(VERSION 3.20)

get_filename_component(SOURCE ${CMAKE_CURRENT_LIST_DIR}/.. ABSOLUTE)
set(BINARY ${SOURCE}/artifacts/native)

if(NOT CMAKE_HOST_WIN32)
  find_program(COMPILER NAMES $ENV{CXX} c++ g++ clang++)
  if(NOT COMPILER)
    message(STATUS "skipped: no C++ compiler was found")
    return()
  endif()
endif()

find_program(NINJA NAMES ninja ninja-build)
find_program(MAKE NAMES make gmake)
if(NINJA)
  set(GENERATOR -G Ninja)
elseif(NOT MAKE)
  message(STATUS "skipped: neither ninja nor make was found")
  return()
endif()

file(LOCK ${BINARY}/lock GUARD PROCESS TIMEOUT 900)

# A checkout that was moved or copied brings along what was configured in its old place, and would build from there.
if(EXISTS ${BINARY}/CMakeCache.txt)
  file(STRINGS ${BINARY}/CMakeCache.txt HOME REGEX "^CMAKE_HOME_DIRECTORY:INTERNAL=")
  if(NOT HOME STREQUAL "CMAKE_HOME_DIRECTORY:INTERNAL=${SOURCE}")
    file(REMOVE_RECURSE ${BINARY}/CMakeCache.txt ${BINARY}/CMakeFiles)
  endif()
endif()

# The generator of a folder cannot be changed; what was configured stays.
if(NOT EXISTS ${BINARY}/CMakeCache.txt)
  execute_process(COMMAND ${CMAKE_COMMAND} -S ${SOURCE} -B ${BINARY} ${GENERATOR} RESULT_VARIABLE failed
                  OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(failed)
    file(REMOVE ${BINARY}/CMakeCache.txt)
    message(FATAL_ERROR "${output}")
  endif()
endif()

cmake_host_system_information(RESULT PROCESSORS QUERY NUMBER_OF_LOGICAL_CORES)
execute_process(COMMAND ${CMAKE_COMMAND} --build ${BINARY} --parallel ${PROCESSORS} RESULT_VARIABLE failed
                OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(failed)
  message(FATAL_ERROR "${output}")
endif()
