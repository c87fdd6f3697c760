# pitlane_library(NAME SOURCES ... DEPS ... [NO_PCH])   static library, alias pitlane::NAME
# pitlane_test(NAME SOURCES ... DEPS ... [LABELS ...])   one gtest binary, one ctest entry
# pitlane_binary(NAME SOURCES ... DEPS ...)              an executable NAME in bin/
#
# Sources are listed by hand: a file that is not listed does not exist. Everything that includes
# gRPC or protobuf shares one precompiled header, which is what makes two cores enough.

# The shared precompiled header. Headers only of third parties; never ours.
file(WRITE ${CMAKE_BINARY_DIR}/pch/pitlane_pch.cc "")
add_library(pitlane_pch STATIC ${CMAKE_BINARY_DIR}/pch/pitlane_pch.cc)
target_link_libraries(pitlane_pch PUBLIC gRPC::grpc++ protobuf::libprotobuf absl::status
  absl::statusor absl::strings absl::time absl::flat_hash_map absl::synchronization
  pitlane_warnings)
target_precompile_headers(pitlane_pch PRIVATE
  <algorithm> <atomic> <cstdint> <functional> <map> <memory> <optional> <string> <string_view>
  <thread> <utility> <vector>
  <absl/container/flat_hash_map.h> <absl/status/status.h> <absl/status/statusor.h>
  <absl/strings/str_cat.h> <absl/synchronization/mutex.h> <absl/time/time.h>
  <google/protobuf/message.h> <google/protobuf/timestamp.pb.h> <grpcpp/grpcpp.h>)

# ThreadSanitizer does not see the locks of a library that was not built for it (libs/testing).
set(PITLANE_SANITIZER_PARTS "")
if(PITLANE_SANITIZE STREQUAL "thread")
  set(PITLANE_SANITIZER_PARTS pitlane_tsan_mutexes)
endif()

function(_pitlane_common target no_pch)
  target_include_directories(${target} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(${target} PRIVATE pitlane_warnings)
  if(NOT no_pch)
    # Executables would get -fPIE, and a precompiled header must be used as it was made.
    target_compile_options(${target} PRIVATE -fPIC)
    target_link_libraries(${target} PRIVATE pitlane_pch)
    target_precompile_headers(${target} REUSE_FROM pitlane_pch)
  endif()
endfunction()

function(pitlane_library name)
  cmake_parse_arguments(A "NO_PCH" "" "SOURCES;DEPS" ${ARGN})
  add_library(pitlane_${name} STATIC ${A_SOURCES})
  add_library(pitlane::${name} ALIAS pitlane_${name})
  target_link_libraries(pitlane_${name} PUBLIC ${A_DEPS})
  _pitlane_common(pitlane_${name} "${A_NO_PCH}")
endfunction()

function(pitlane_test name)
  cmake_parse_arguments(A "NO_PCH" "TIMEOUT" "SOURCES;DEPS;LABELS" ${ARGN})
  add_executable(${name} ${A_SOURCES})
  target_link_libraries(${name} PRIVATE ${A_DEPS} ${PITLANE_SANITIZER_PARTS} GTest::gmock
    GTest::gtest_main)
  _pitlane_common(${name} "${A_NO_PCH}")
  target_compile_definitions(${name} PRIVATE PITLANE_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
    PITLANE_BINARY_DIR="${CMAKE_BINARY_DIR}")
  if(NOT A_TIMEOUT)
    set(A_TIMEOUT 120)
  endif()
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT ${A_TIMEOUT} LABELS "${A_LABELS}")
endfunction()

function(pitlane_binary name)
  cmake_parse_arguments(A "NO_PCH" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${A_SOURCES})
  target_link_libraries(${name} PRIVATE ${A_DEPS} ${PITLANE_SANITIZER_PARTS})
  _pitlane_common(${name} "${A_NO_PCH}")
endfunction()
