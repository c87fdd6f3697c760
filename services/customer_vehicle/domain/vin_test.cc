#include "services/customer_vehicle/domain/vin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/base/status_matchers.h"
#include "libs/rpc/errors.h"
#include "services/customer_vehicle/domain/testing_csv.h"

namespace pitlane::customer_vehicle {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Handbook, section 9.
TEST(VinCheckDigit, HandbookExamplesThenTheirDigits) {
  EXPECT_EQ(VinCheckDigit("1M8GDM9AXKP042788"), 'X');
  EXPECT_EQ(VinCheckDigit("1G4AH59H45G118341"), '4');
  EXPECT_EQ(VinCheckDigit("11111111111111111"), '1');
}

TEST(CheckVin, RightVinThenNoWarning) {
  EXPECT_THAT(CheckVin("1M8GDM9AXKP042788", false), IsOkAndHolds(IsEmpty()));
}

TEST(CheckVin, ForbiddenLetterThenRefusedWithSuggestion) {
  const auto refused = CheckVin("IM8GDM9AXKPO42788", false);
  EXPECT_THAT(refused.status(), StatusIs(absl::StatusCode::kInvalidArgument,
                                         HasSubstr("did you mean 1M8GDM9AXKP042788")));
  EXPECT_EQ(rpc::ErrorReason(refused.status()), "VIN_INVALID");
  EXPECT_EQ(rpc::ErrorMetadata(refused.status())["suggestion"], "1M8GDM9AXKP042788");
  EXPECT_THAT(rpc::FieldViolations(refused.status()), SizeIs(1));
}

TEST(CheckVin, SuggestionWithWrongCheckDigitThenNone) {
  const auto refused = CheckVin("IM8GDM9A1KP042788", false);
  EXPECT_EQ(rpc::ErrorReason(refused.status()), "VIN_INVALID");
  EXPECT_THAT(rpc::ErrorMetadata(refused.status()), IsEmpty());
}

TEST(CheckVin, WrongCheckDigitInNorthAmericaThenRefusedUnlessAccepted) {
  EXPECT_THAT(CheckVin("1M8GDM9A1KP042788", false).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("should be X")));
  EXPECT_THAT(CheckVin("1M8GDM9A1KP042788", true), IsOkAndHolds(SizeIs(1)));
}

TEST(CheckVin, WrongCheckDigitElsewhereThenWarning) {
  EXPECT_THAT(CheckVin("KMTGA4SCDRU227656", false),
              IsOkAndHolds(ElementsAre(HasSubstr("check digit"))));
}

TEST(CheckVin, LowerCaseAndBlanksThenNormalised) {
  EXPECT_EQ(NormaliseVin(" 1m8gdm9axkp042788 "), "1M8GDM9AXKP042788");
}

TEST(CheckVin, BadCollectionThenRefusedOrWarned) {
  const auto rows = ReadVins("vins_bad.csv");
  ASSERT_THAT(rows, SizeIs(15));
  for (const auto& row : rows) {
    const std::string vin = NormaliseVin(row.at("vin"));
    const std::string& fault = row.at("fault");
    const auto checked = CheckVin(vin, false);
    if (fault == "length" || fault == "character") {
      EXPECT_EQ(rpc::ErrorReason(checked.status()), "VIN_INVALID") << vin;
    } else if (fault == "check_digit" && vin[0] >= '1' && vin[0] <= '5') {
      EXPECT_EQ(rpc::ErrorReason(checked.status()), "VIN_INVALID") << vin;
      EXPECT_THAT(CheckVin(vin, true), IsOkAndHolds(SizeIs(1))) << vin;
    } else if (fault == "check_digit" || fault == "model_year_char") {
      EXPECT_THAT(checked, IsOkAndHolds(::testing::Not(IsEmpty()))) << vin;
    } else {
      EXPECT_THAT(checked, IsOkAndHolds(IsEmpty())) << vin << ": the form is right";
    }
  }
}

TEST(CheckVin, RealCarsThenAllCanBeEntered) {
  const auto rows = ReadVins("vins_expected.csv");
  ASSERT_THAT(rows, SizeIs(2456));
  size_t exceptions = 0;
  for (const auto& row : rows) {
    const std::string& vin = row.at("vin");
    const bool right = row.at("check_digit_ok") == "yes";
    if (!right) ++exceptions;
    ASSERT_OK_AND_ASSIGN(const auto warnings, CheckVin(vin, true));
    EXPECT_EQ(warnings.empty(), right) << vin;
    EXPECT_TRUE(!right || CheckVin(vin, false).ok()) << vin;
  }
  EXPECT_EQ(exceptions, 228u);
}

}  // namespace
}  // namespace pitlane::customer_vehicle
