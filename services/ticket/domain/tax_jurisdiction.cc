#include "services/ticket/domain/tax_jurisdiction.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "google/protobuf/util/message_differencer.h"
#include "libs/base/ids.h"
#include "libs/base/text.h"

namespace pitlane::ticket {
namespace {

constexpr size_t kMaxCode = 120;

bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsOfPlace(char c) { return (c >= 'a' && c <= 'z') || IsDigit(c) || c == '-'; }

// ISO 3166-1, or 3166-2 with one to three letters or digits.
bool IsIsoCode(std::string_view code) {
  if (code.size() < 2 || !IsUpper(code[0]) || !IsUpper(code[1])) return false;
  if (code.size() == 2) return true;
  const std::string_view part = code.substr(3);
  return code[2] == '-' && !part.empty() && part.size() <= 3 &&
         std::all_of(part.begin(), part.end(), [](char c) { return IsUpper(c) || IsDigit(c); });
}

uint64_t BigEndian(std::string_view bytes) {
  uint64_t value = 0;
  for (const char c : bytes.substr(0, 8)) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

}  // namespace

void TaxJurisdictionAggregate::Apply(v1::TaxJurisdiction& jurisdiction,
                                     const v1::TicketEvent& event) {
  if (!event.has_tax_jurisdiction_configured()) return;
  const uint64_t version = jurisdiction.version() + 1;
  jurisdiction = event.tax_jurisdiction_configured().jurisdiction();
  jurisdiction.set_version(version);
}

std::string JurisdictionStreamOf(std::string_view code) {
  const std::string hash = Sha256(code);
  return FormatId("jur", {.high = BigEndian(hash), .low = BigEndian(hash.substr(8))});
}

std::vector<std::string> PlacesOf(std::string_view code) {
  std::vector<std::string> places;
  if (code.empty()) return places;
  if (code.size() > 2 && code[2] == '-') places.emplace_back(code.substr(0, 2));
  for (size_t end = code.find('/'); end != std::string_view::npos; end = code.find('/', end + 1)) {
    places.emplace_back(code.substr(0, end));
  }
  places.emplace_back(code);
  return places;
}

bool IsJurisdictionCode(std::string_view code) {
  if (code.size() > kMaxCode) return false;
  const size_t slash = code.find('/');
  if (!IsIsoCode(code.substr(0, slash))) return false;
  while (!code.empty()) {
    const size_t begin = code.find('/');
    if (begin == std::string_view::npos) return true;
    code.remove_prefix(begin + 1);
    const std::string_view place = code.substr(0, code.find('/'));
    if (place.empty() || !std::all_of(place.begin(), place.end(), IsOfPlace)) return false;
  }
  return false;
}

std::vector<v1::TicketEvent> Decide(const v1::TaxJurisdiction& jurisdiction,
                                    const v1::TaxJurisdiction& wanted) {
  v1::TaxJurisdiction next = wanted;
  next.set_version(jurisdiction.version());
  if (google::protobuf::util::MessageDifferencer::Equals(next, jurisdiction)) return {};
  next.set_version(jurisdiction.version() + 1);
  std::vector<v1::TicketEvent> events(1);
  *events[0].mutable_tax_jurisdiction_configured()->mutable_jurisdiction() = std::move(next);
  return events;
}

}  // namespace pitlane::ticket
