#include "libs/base/card_number.h"

#include <cstddef>
#include <string>
#include <vector>

namespace pitlane {
namespace {

constexpr size_t kShortest = 13;
constexpr size_t kLongest = 19;
constexpr size_t kShortestGroup = 3;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsGap(char c) { return c == ' ' || c == '-' || c == '.'; }

bool PassesLuhn(std::string_view digits) {
  int sum = 0;
  bool twice = false;
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
    int value = *digit - '0';
    if (twice && (value *= 2) > 9) value -= 9;
    sum += value;
    twice = !twice;
  }
  return sum % 10 == 0;
}

// Cards are printed 4-4-4-4, 4-6-5, 4-4-4-4-3 and the like, some 6-13; or spelt digit by digit.
bool BeginsGroups(size_t size) { return size == 1 || size == 4 || size == 6; }
bool ContinuesGroups(size_t first, size_t size) {
  return first == 1 ? size == 1 : size >= kShortestGroup;
}

// Whether some of these neighbouring groups make a card number together.
bool AnyRunIsCard(const std::vector<std::string_view>& groups) {
  for (size_t first = 0; first < groups.size(); ++first) {
    const size_t first_size = groups[first].size();
    std::string digits;
    for (size_t last = first; last < groups.size() && digits.size() < kLongest; ++last) {
      const size_t size = groups[last].size();
      if (last > first && !(BeginsGroups(first_size) && ContinuesGroups(first_size, size))) break;
      digits += groups[last];
      if (digits.size() >= kShortest && digits.size() <= kLongest && PassesLuhn(digits)) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace

bool LooksLikeCardNumber(std::string_view text) {
  std::vector<std::string_view> groups;
  size_t at = 0;
  while (at < text.size()) {
    if (!IsDigit(text[at])) {
      // One gap between two digits keeps the groups together; anything else ends them.
      const bool joins = IsGap(text[at]) && !groups.empty() && at + 1 < text.size() &&
                         IsDigit(text[at + 1]) && IsDigit(text[at - 1]);
      if (!joins) {
        if (AnyRunIsCard(groups)) return true;
        groups.clear();
      }
      ++at;
      continue;
    }
    const size_t begin = at;
    while (at < text.size() && IsDigit(text[at])) ++at;
    groups.push_back(text.substr(begin, at - begin));
  }
  return AnyRunIsCard(groups);
}

}  // namespace pitlane
