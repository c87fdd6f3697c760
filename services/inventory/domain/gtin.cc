#include "services/inventory/domain/gtin.h"

#include <algorithm>

#include "absl/strings/ascii.h"

namespace pitlane::inventory {
namespace {

bool AllDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return absl::ascii_isdigit(c); });
}

bool CheckDigitIsRight(std::string_view digits) {
  int sum = 0;
  int weight = 3;
  for (size_t i = digits.size() - 1; i-- > 0;) {
    sum += weight * (digits[i] - '0');
    weight = 4 - weight;
  }
  return digits.back() - '0' == (10 - sum % 10) % 10;
}

}  // namespace

bool IsGtin(std::string_view text) {
  const bool length_fits = text.size() == 8 || (text.size() >= 12 && text.size() <= 14);
  return length_fits && AllDigits(text) && CheckDigitIsRight(text);
}

std::optional<std::string> ToGtin14(std::string_view digits) {
  if (digits.size() < 8 || digits.size() > 14 || !AllDigits(digits)) return std::nullopt;
  return std::string(14 - digits.size(), '0').append(digits);
}

}  // namespace pitlane::inventory
