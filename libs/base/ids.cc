#include "libs/base/ids.h"

#include <algorithm>
#include <array>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/base/text.h"

namespace pitlane {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr size_t kBodyLength = 26;
constexpr int kRandomBitsInHigh = 4;
constexpr uint64_t kMaxMillis = (uint64_t{1} << 48) - 1;

constexpr std::array<int8_t, 256> MakeDecodeTable() {
  std::array<int8_t, 256> table{};
  table.fill(-1);
  for (size_t i = 0; i < kAlphabet.size(); ++i) {
    table[static_cast<unsigned char>(kAlphabet[i])] = static_cast<int8_t>(i);
  }
  return table;
}
constexpr std::array<int8_t, 256> kDecode = MakeDecodeTable();

// The 26 characters after the underscore; `offset` is where they start in the whole text.
absl::StatusOr<IdBits> ParseBody(std::string_view body, size_t offset) {
  if (body.size() != kBodyLength) {
    return absl::InvalidArgumentError(absl::StrCat(
        "id must have ", kBodyLength, " characters after its prefix, this one has ", body.size()));
  }
  IdBits bits;
  for (size_t i = 0; i < body.size(); ++i) {
    const int8_t value = kDecode[static_cast<unsigned char>(body[i])];
    if (value < 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("id has character '", absl::CHexEscape(ToAbsl(body.substr(i, 1))),
                       "' at index ", offset + i, "; allowed are 0-9 and A-Z without I, L, O, U"));
    }
    bits.high = bits.high << 5 | bits.low >> 59;
    bits.low = bits.low << 5 | static_cast<uint64_t>(value);
  }
  // 26 characters hold 130 bits, so the first may use three of its five.
  if (body[0] > '7') {
    return absl::InvalidArgumentError(absl::StrCat("id is larger than 128 bits: character '",
                                                   ToAbsl(body.substr(0, 1)), "' at index ", offset,
                                                   " must be 0-7"));
  }
  return bits;
}

// What stands before the underscore, if it could be a prefix; never echoes other input, which may
// be anything a caller pasted.
std::string DescribePrefix(std::string_view text) {
  const std::string_view found = text.substr(0, text.find('_'));
  const bool is_prefix = found.size() < text.size() && !found.empty() && found.size() <= 8 &&
                         std::all_of(found.begin(), found.end(), absl::ascii_islower);
  return is_prefix ? absl::StrCat("\"", ToAbsl(found), "_\"") : "no such prefix";
}

}  // namespace

IdBits MakeIdBits(Clock& clock, Entropy& entropy, uint32_t slot) {
  PITLANE_CHECK(slot < kSlotCount) << slot;
  // A computer whose clock says 1960 still has to sell; its ids only sort first.
  const int64_t now = std::max<int64_t>(absl::ToUnixMillis(clock.Now()), 0);
  const uint64_t millis = std::min(static_cast<uint64_t>(now), kMaxMillis);
  IdBits bits;
  bits.high = millis << (kSlotBits + kRandomBitsInHigh) |
              static_cast<uint64_t>(slot) << kRandomBitsInHigh |
              entropy.Next64() >> (64 - kRandomBitsInHigh);
  bits.low = entropy.Next64();
  return bits;
}

uint32_t RandomSlot(Entropy& entropy) {
  return static_cast<uint32_t>(entropy.Next64() >> (64 - kSlotBits));
}

std::string FormatId(std::string_view prefix, const IdBits& bits) {
  std::array<char, kBodyLength> body;
  uint64_t high = bits.high;
  uint64_t low = bits.low;
  for (size_t i = kBodyLength; i-- > 0;) {
    body[i] = kAlphabet[low & 31];
    low = low >> 5 | high << 59;
    high >>= 5;
  }
  return absl::StrCat(ToAbsl(prefix), "_", absl::string_view(body.data(), body.size()));
}

absl::StatusOr<IdBits> ParseIdBits(std::string_view prefix, std::string_view text) {
  if (text.size() <= prefix.size() || text.substr(0, prefix.size()) != prefix ||
      text[prefix.size()] != '_') {
    return absl::InvalidArgumentError(absl::StrCat("id must start with \"", ToAbsl(prefix),
                                                   "_\", this one has ", DescribePrefix(text)));
  }
  return ParseBody(text.substr(prefix.size() + 1), prefix.size() + 1);
}

absl::StatusOr<uint32_t> SlotOfId(std::string_view text) {
  const size_t underscore = text.find('_');
  if (underscore == std::string_view::npos || underscore == 0 ||
      !std::all_of(text.begin(), text.begin() + underscore, absl::ascii_islower)) {
    return absl::InvalidArgumentError(
        "id must start with a prefix of lower-case letters and an underscore");
  }
  ASSIGN_OR_RETURN(const IdBits bits, ParseBody(text.substr(underscore + 1), underscore + 1));
  return static_cast<uint32_t>(bits.high >> kRandomBitsInHigh) & (kSlotCount - 1);
}

}  // namespace pitlane
