#include "services/customer_vehicle/domain/vin.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"
#include "pitlane/customer_vehicle/v1/customer_vehicle_service.pb.h"

namespace pitlane::customer_vehicle {
namespace {

constexpr size_t kCheckPosition = 8;
constexpr size_t kYearPosition = 9;
// A=1 … H=8, J=1 … N=5, P=7, R=9, S=2 … Z=9; 0: not in a VIN.
constexpr std::string_view kLetterValues = "12345678012345070923456789";
constexpr std::array<int, kVinLength> kWeights = {8, 7, 6, 5, 4, 3, 2, 10, 0,
                                                  9, 8, 7, 6, 5, 4, 3, 2};

// -1: not in a VIN.
int ValueOf(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c < 'A' || c > 'Z' || kLetterValues[static_cast<size_t>(c - 'A')] == '0') return -1;
  return kLetterValues[static_cast<size_t>(c - 'A')] - '0';
}

bool IsVinText(std::string_view vin) {
  return vin.size() == kVinLength &&
         std::all_of(vin.begin(), vin.end(), [](char c) { return ValueOf(c) >= 0; });
}

bool IsNorthAmerican(std::string_view vin) { return vin.front() >= '1' && vin.front() <= '5'; }

bool CheckDigitIsRight(std::string_view vin) { return VinCheckDigit(vin) == vin[kCheckPosition]; }

absl::Status Refuse(absl::string_view problem, const std::string& suggestion) {
  rpc::ErrorDetails details{.fields = {{"vin", std::string(problem)}}};
  if (!suggestion.empty()) details.metadata["suggestion"] = suggestion;
  return rpc::MakeError(absl::StatusCode::kInvalidArgument, v1::VIN_INVALID, ToStd(problem),
                        details);
}

}  // namespace

std::string NormaliseVin(std::string_view text) {
  return absl::AsciiStrToUpper(absl::StripAsciiWhitespace(ToAbsl(text)));
}

char VinCheckDigit(std::string_view vin) {
  PITLANE_CHECK(IsVinText(vin));
  int sum = 0;
  for (size_t i = 0; i < kVinLength; ++i) sum += ValueOf(vin[i]) * kWeights[i];
  const int remainder = sum % 11;
  return remainder == 10 ? 'X' : static_cast<char>('0' + remainder);
}

std::string SuggestVin(std::string_view vin) {
  std::string suggestion(vin);
  for (char& c : suggestion) {
    if (c == 'I') c = '1';
    if (c == 'O' || c == 'Q') c = '0';
  }
  if (suggestion == vin || !IsVinText(suggestion)) return "";
  if (IsNorthAmerican(suggestion) && !CheckDigitIsRight(suggestion)) return "";
  return suggestion;
}

absl::StatusOr<std::vector<std::string>> CheckVin(std::string_view vin,
                                                  bool accept_wrong_check_digit) {
  // A VIN has seventeen characters; anything older goes by its chassis number.
  if (vin.size() != kVinLength) {
    return Refuse(absl::StrCat("a VIN has 17 characters, this has ", vin.size(),
                               "; before 1981 send chassis_number"),
                  "");
  }
  // I, O and Q are not used, because they are read as 1 and 0. We say so, and change nothing.
  if (!IsVinText(vin)) {
    const std::string suggestion = SuggestVin(vin);
    return Refuse(absl::StrCat("a VIN has only letters and digits, without I, O and Q",
                               suggestion.empty() ? "" : "; did you mean ", suggestion),
                  suggestion);
  }
  std::vector<std::string> warnings;
  if (!CheckDigitIsRight(vin)) {
    const std::string problem = absl::StrCat("the check digit at position 9 should be ",
                                             std::string(1, VinCheckDigit(vin)));
    // In North America the check digit is law; what still has another one was compared by hand.
    if (IsNorthAmerican(vin) && !accept_wrong_check_digit) {
      return Refuse(absl::StrCat(problem,
                                 "; compare it with the car, then send "
                                 "accept_wrong_check_digit if it is really so"),
                    "");
    }
    warnings.push_back(problem);
  }
  const char year = vin[kYearPosition];
  if (year == '0' || year == 'U' || year == 'Z') {
    warnings.push_back(
        absl::StrCat("position 10 is ", std::string(1, year), ", which is no model year"));
  }
  return warnings;
}

}  // namespace pitlane::customer_vehicle
