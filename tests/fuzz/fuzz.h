// What the fuzz targets share. Each target is one function over arbitrary bytes:
//   extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
// It is run by libFuzzer (`tools/dev fuzz`), and over its committed corpus in the tests
// (replay.cc). A target does not only wait for crashes: it checks what must hold for any input,
// with MUST_HOLD.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "libs/base/check.h"

#define MUST_HOLD(condition) PITLANE_CHECK(condition)

namespace pitlane::fuzz {

inline std::string_view AsText(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// For a call whose answer says nothing about the code: that it comes back is what counts.
template <class Answer>
void Survives(const Answer&) {}

// Takes decisions from the input; zeros once it is used up.
class Bytes {
 public:
  explicit Bytes(std::string_view left) : left_(left) {}

  bool empty() const { return left_.empty(); }
  uint8_t Byte() {
    if (left_.empty()) return 0;
    const auto byte = static_cast<uint8_t>(left_.front());
    left_.remove_prefix(1);
    return byte;
  }
  uint64_t Number() {
    uint64_t number = 0;
    for (int i = 0; i < 8; ++i) number = number << 8 | Byte();
    return number;
  }
  // 0 … below - 1.
  size_t Below(size_t below) {
    size_t number = Byte();
    if (below > 256) number = number << 8 | Byte();
    return number % below;
  }
  std::string Text(size_t longest) {
    const size_t size = std::min({Below(longest + 1), longest, left_.size()});
    std::string text(left_.substr(0, size));
    left_.remove_prefix(size);
    return text;
  }

 private:
  std::string_view left_;
};

}  // namespace pitlane::fuzz
