# Compiler, linker and cache set-up shared by every target.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

# Release keeps line tables: a crash report without line numbers helps nobody.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")

find_program(PITLANE_CCACHE ccache)
if(PITLANE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # The sloppiness is what ccache's manual asks for with precompiled headers.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=true ${PITLANE_CCACHE})
endif()
find_program(PITLANE_MOLD mold)
if(PITLANE_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

option(PITLANE_WERROR "Treat warnings as errors" ON)
option(PITLANE_FUZZ "Link the fuzz targets to libFuzzer; needs clang" OFF)
if(PITLANE_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
set(PITLANE_SANITIZE "" CACHE STRING "Value for -fsanitize, e.g. address,undefined or thread")
if(PITLANE_SANITIZE)
  add_compile_options(-fsanitize=${PITLANE_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${PITLANE_SANITIZE})
endif()

add_library(pitlane_warnings INTERFACE)
target_compile_options(pitlane_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual
  -Wimplicit-fallthrough -Wswitch -Wunused-result -Winvalid-pch
  # gRPC and protobuf headers of Debian 12 trip these in inlined code under GCC 12.
  -Wno-unused-parameter -Wno-missing-field-initializers -Wno-maybe-uninitialized
  -Wno-restrict -Wno-stringop-overflow -Wno-dangling-pointer
  $<$<BOOL:${PITLANE_WERROR}>:-Werror>)
