#include "libs/rpc/trace.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace pitlane::rpc {
namespace {

bool IsLowerHex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool AllZero(std::string_view text) {
  return text.find_first_not_of('0') == std::string_view::npos;
}

uint64_t NotZero(Entropy& entropy) {
  const uint64_t bits = entropy.Next64();
  return bits == 0 ? 1 : bits;
}

}  // namespace

bool IsTraceparent(std::string_view text) {
  if (text.size() != 55 || text.substr(0, 3) != "00-" || text[35] != '-' || text[52] != '-') {
    return false;
  }
  const std::string_view trace = text.substr(3, 32);
  const std::string_view span = text.substr(36, 16);
  return IsLowerHex(trace) && IsLowerHex(span) && IsLowerHex(text.substr(53)) && !AllZero(trace) &&
         !AllZero(span);
}

std::string MakeTraceparent(Entropy& entropy) {
  return absl::StrCat("00-", absl::Hex(NotZero(entropy), absl::kZeroPad16),
                      absl::Hex(NotZero(entropy), absl::kZeroPad16), "-",
                      absl::Hex(NotZero(entropy), absl::kZeroPad16), "-00");
}

}  // namespace pitlane::rpc
