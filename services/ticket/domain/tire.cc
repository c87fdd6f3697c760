#include "services/ticket/domain/tire.h"

#include <algorithm>
#include <cctype>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "libs/base/text.h"

namespace pitlane::ticket {
namespace {

constexpr size_t kShortest = 8;
constexpr size_t kLongest = 13;
constexpr std::string_view kNotInUse = "GIOQSZ";
constexpr int kCentury = 2000;

// Upper case without spaces and hyphens, and without the "DOT" in front.
std::string Stripped(std::string_view text) {
  std::string tin;
  for (const char c : text) {
    if (c == ' ' || c == '-') continue;
    tin.push_back(static_cast<char>(std::toupper(static_cast<unsigned char>(c))));
  }
  return tin.starts_with("DOT") ? tin.substr(3) : tin;
}

bool IsSymbol(char c) {
  const bool letter = c >= 'A' && c <= 'Z';
  const bool digit = c >= '0' && c <= '9';
  return (letter && kNotInUse.find(c) == std::string_view::npos) || digit;
}

absl::Status Wrong(std::string_view text) {
  return absl::InvalidArgumentError(
      absl::StrCat("\"", ToAbsl(text),
                   "\" is no DOT TIN: 8 to 13 letters and digits (no G, I, O, Q, S, Z) that end in "
                   "the week and year, such as 2325"));
}

}  // namespace

absl::StatusOr<v1::Tire> ParseTire(std::string_view text) {
  const std::string tin = Stripped(text);
  if (tin.size() < kShortest || tin.size() > kLongest) return Wrong(text);
  if (!std::all_of(tin.begin(), tin.end(), IsSymbol)) return Wrong(text);
  const std::string date = tin.substr(tin.size() - 4);
  if (!std::all_of(date.begin(), date.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    return Wrong(text);
  }
  v1::Tire tire;
  tire.set_tin(tin);
  tire.set_week((date[0] - '0') * 10 + (date[1] - '0'));
  tire.set_year(kCentury + (date[2] - '0') * 10 + (date[3] - '0'));
  if (tire.week() < 1 || tire.week() > 53) return Wrong(text);
  return tire;
}

std::string MadeOn(const v1::Tire& tire) {
  // January 4 is always in week 1, which begins on its Monday.
  const absl::CivilDay fourth(tire.year(), 1, 4);
  const absl::CivilDay first = absl::PrevWeekday(fourth + 1, absl::Weekday::monday);
  return absl::FormatCivilTime(first + 7 * (tire.week() - 1));
}

}  // namespace pitlane::ticket
