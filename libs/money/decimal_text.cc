#include "libs/money/decimal_text.h"

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/base/text.h"

namespace pitlane {
namespace {

// Where the parts of -123.45 are; the text has been checked to be one.
struct Parts {
  bool negative = false;
  std::string_view whole;
  std::string_view fraction;
};

size_t CountDigits(std::string_view text) {
  size_t count = 0;
  while (count < text.size() && absl::ascii_isdigit(static_cast<unsigned char>(text[count]))) {
    ++count;
  }
  return count;
}

// One digit is wanted at `index`, or the text should end there.
absl::Status Unexpected(std::string_view text, size_t index) {
  if (index >= text.size()) return absl::InvalidArgumentError("number ends where a digit is due");
  return absl::InvalidArgumentError(
      absl::StrCat("number has character '", absl::CHexEscape(ToAbsl(text.substr(index, 1))),
                   "' at index ", index, "; expected -?digits or -?digits.digits"));
}

absl::StatusOr<Parts> Dissect(std::string_view text) {
  Parts parts;
  size_t at = 0;
  if (!text.empty() && text[0] == '-') {
    parts.negative = true;
    at = 1;
  }
  parts.whole = text.substr(at, CountDigits(text.substr(at)));
  if (parts.whole.empty()) return Unexpected(text, at);
  if (parts.whole.size() > 1 && parts.whole[0] == '0') {
    return absl::InvalidArgumentError("number has a superfluous leading zero");
  }
  at += parts.whole.size();
  if (at == text.size()) return parts;
  if (text[at] != '.') return Unexpected(text, at);
  ++at;
  parts.fraction = text.substr(at, CountDigits(text.substr(at)));
  at += parts.fraction.size();
  if (parts.fraction.empty() || at != text.size()) return Unexpected(text, at);
  return parts;
}

absl::StatusOr<int64_t> Scale(const Parts& parts, size_t decimals) {
  if (parts.fraction.size() > decimals) {
    return absl::InvalidArgumentError(absl::StrCat("number has ", parts.fraction.size(),
                                                   " decimals, at most ", decimals, " fit"));
  }
  std::string digits = absl::StrCat(ToAbsl(parts.whole), ToAbsl(parts.fraction));
  digits.append(decimals - parts.fraction.size(), '0');
  // Counting down from zero also reaches the most negative number, which has no positive twin.
  int64_t value = 0;
  for (char digit : digits) {
    if (__builtin_mul_overflow(value, 10, &value) ||
        __builtin_sub_overflow(value, digit - '0', &value)) {
      return absl::OutOfRangeError("number does not fit in 64 bits");
    }
  }
  if (parts.negative) return value;
  if (__builtin_sub_overflow(0, value, &value)) {
    return absl::OutOfRangeError("number does not fit in 64 bits");
  }
  return value;
}

}  // namespace

absl::StatusOr<int64_t> ParseScaled(std::string_view text, int decimals) {
  PITLANE_CHECK(decimals >= 0 && decimals <= 18) << decimals;
  ASSIGN_OR_RETURN(const Parts parts, Dissect(text));
  return Scale(parts, static_cast<size_t>(decimals));
}

std::string FormatScaled(int64_t value, int decimals) {
  PITLANE_CHECK(decimals >= 0 && decimals <= 18) << decimals;
  const auto bits = static_cast<uint64_t>(value);
  std::string digits = absl::StrCat(value < 0 ? 0 - bits : bits);
  const auto places = static_cast<size_t>(decimals);
  if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
  if (places > 0) digits.insert(digits.size() - places, ".");
  return value < 0 ? absl::StrCat("-", digits) : digits;
}

absl::StatusOr<int64_t> ParseAmount(std::string_view text, Currency currency) {
  ASSIGN_OR_RETURN(const Parts parts, Dissect(text));
  const auto decimals = static_cast<size_t>(currency.exponent());
  if (!parts.fraction.empty() && parts.fraction.size() != decimals) {
    return absl::InvalidArgumentError(absl::StrCat("amount has ", parts.fraction.size(),
                                                   " decimals, ", ToAbsl(currency.code()), " has ",
                                                   decimals));
  }
  return Scale(parts, decimals);
}

std::string FormatAmount(int64_t minor, Currency currency) {
  return FormatScaled(minor, currency.exponent());
}

}  // namespace pitlane
