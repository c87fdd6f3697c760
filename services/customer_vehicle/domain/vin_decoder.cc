#include "services/customer_vehicle/domain/vin_decoder.h"

#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/text.h"
#include "services/customer_vehicle/domain/vin.h"
#include "services/customer_vehicle/domain/vpic_tables.h"

namespace pitlane::customer_vehicle {
namespace {

constexpr std::string_view kYearLetters = "ABCDEFGHJKLMNPRSTVWXY";  // 1980 … 2000
constexpr char kField = '\t';

// Takes the text up to the next separator off the front.
std::string_view TakeUntil(std::string_view& text, char separator) {
  const size_t end = text.find(separator);
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return taken;
}

// The rest of the line that begins with `key` and a tab, in a table of lines sorted by their keys.
std::optional<std::string_view> FindLine(std::string_view table, std::string_view key) {
  size_t low = 0;
  size_t high = table.size();  // both at beginnings of lines, or the end
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    const size_t before = middle == 0 ? std::string_view::npos : table.rfind('\n', middle - 1);
    const size_t begin = before == std::string_view::npos || before < low ? low : before + 1;
    const size_t end = table.find('\n', begin);
    PITLANE_CHECK(end != std::string_view::npos) << "a table's last line does not end";
    std::string_view line = table.substr(begin, end - begin);
    const std::string_view found = TakeUntil(line, kField);
    if (found == key) return line;
    if (found < key) {
      low = end + 1;
    } else {
      high = begin;
    }
  }
  return std::nullopt;
}

// What stands in [ ]: characters and ranges.
bool InSet(std::string_view set, char c) {
  while (!set.empty()) {
    const bool range = set.size() >= 3 && set[1] == '-';
    if (range ? set[0] <= c && c <= set[2] : set[0] == c) return true;
    set.remove_prefix(range ? 3 : 1);
  }
  return false;
}

// How many positions the keys fix, or -1 when they do not match.
int MatchPositions(std::string_view keys, std::string_view positions) {
  int fixed = 0;
  for (size_t at = 0; !keys.empty(); ++at) {
    if (at >= positions.size()) return -1;
    if (keys.front() == '*') {
      keys.remove_prefix(1);
      continue;
    }
    if (keys.front() == '[') {
      keys.remove_prefix(1);
      if (!InSet(TakeUntil(keys, ']'), positions[at])) return -1;
    } else {
      if (keys.front() != positions[at]) return -1;
      keys.remove_prefix(1);
    }
    // A set counts as one position, however many characters stand in it.
    ++fixed;
  }
  return fixed;
}

int MatchKeys(std::string_view keys, std::string_view vin) {
  const int describing = MatchPositions(TakeUntil(keys, '|'), vin.substr(3, 5));
  const int serial = MatchPositions(keys, vin.substr(9));
  return describing < 0 || serial < 0 ? -1 : describing + serial;
}

struct BestModel {
  int fixed = -1;
  std::string_view model;
};

// One schema: "model=keys,keys" for each model, with tabs between them.
void MatchSchema(std::string_view schema, std::string_view vin, BestModel& best) {
  while (!schema.empty()) {
    std::string_view group = TakeUntil(schema, kField);
    const std::string_view model = TakeUntil(group, '=');
    while (!group.empty()) {
      const int fixed = MatchKeys(TakeUntil(group, ','), vin);
      if (fixed > best.fixed) best = {fixed, model};
    }
  }
}

int YearOf(std::string_view text) {
  int year = 0;
  return absl::SimpleAtoi(ToAbsl(text), &year) ? year : 0;
}

// `schemas`: "schema:from:to" of a manufacturer, newest schema first.
std::string_view FindModel(std::string_view schemas, int32_t year, std::string_view vin) {
  BestModel best;
  while (!schemas.empty()) {
    std::string_view entry = TakeUntil(schemas, ',');
    const std::string_view schema = TakeUntil(entry, ':');
    const int from = YearOf(TakeUntil(entry, ':'));
    if (year < from || year > YearOf(entry)) continue;
    const auto line = FindLine(VpicSchemas(), schema);
    if (line.has_value()) MatchSchema(*line, vin, best);
  }
  return best.model;
}

bool Contains(std::string_view list, std::string_view wanted) {
  while (!list.empty()) {
    if (TakeUntil(list, '|') == wanted) return true;
  }
  return false;
}

// Of the manufacturer's makes the only one that has this model; empty when none or several have.
std::string_view MakeOfModel(std::string_view makes, std::string_view model) {
  const auto line = FindLine(VpicModels(), StripToAlnumUpper(model));
  std::string_view found;
  while (line.has_value() && !makes.empty()) {
    const std::string_view make = TakeUntil(makes, '|');
    if (!Contains(*line, make)) continue;
    if (!found.empty()) return {};
    found = make;
  }
  return found;
}

}  // namespace

int32_t ModelYearOf(std::string_view vin) {
  PITLANE_CHECK(vin.size() == kVinLength);
  const char c = vin[9];
  const bool digit = c >= '1' && c <= '9';
  const size_t letter = kYearLetters.find(c);
  if (!digit && letter == std::string_view::npos) return 0;
  const int32_t year = digit ? 2000 + (c - '0') : 1980 + static_cast<int32_t>(letter);
  const bool first_cycle = vin[6] >= '0' && vin[6] <= '9';
  return first_cycle ? year : year + 30;
}

DecodedVin DecodeVin(std::string_view vin) {
  DecodedVin decoded{.year = ModelYearOf(vin)};
  // Makers of few vehicles share three characters; three more, further behind, tell them apart.
  std::optional<std::string_view> maker;
  if (vin[2] == '9') {
    maker = FindLine(VpicManufacturers(),
                     absl::StrCat(ToAbsl(vin.substr(0, 3)), ToAbsl(vin.substr(11, 3))));
  }
  if (!maker.has_value()) maker = FindLine(VpicManufacturers(), vin.substr(0, 3));
  if (!maker.has_value()) {
    decoded.warnings.push_back(
        absl::StrCat("the manufacturer ", ToAbsl(vin.substr(0, 3)), " is not in the tables"));
    return decoded;
  }
  const bool light = TakeUntil(*maker, kField) == "L";
  const std::string_view default_make = TakeUntil(*maker, kField);
  const std::string_view makes = TakeUntil(*maker, kField);
  if (!light && decoded.year > 0) {
    decoded.warnings.push_back(
        "the model year is sure to thirty years only: not a car or light truck");
  }
  decoded.model = std::string(FindModel(*maker, decoded.year, vin));
  decoded.make = std::string(MakeOfModel(makes, decoded.model));
  if (decoded.make.empty()) decoded.make = std::string(default_make);
  return decoded;
}

}  // namespace pitlane::customer_vehicle
