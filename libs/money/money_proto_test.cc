#include "libs/money/money_proto.h"

#include <gtest/gtest.h>

#include "libs/base/status_matchers.h"

namespace pitlane {
namespace {

using ::testing::HasSubstr;

TEST(MoneyProto, AmountThenSameOnTheWireAndBack) {
  const Money money = {-12'34, Currency::Known("USD")};
  const common::v1::Money proto = ToProto(money);
  EXPECT_EQ(proto.amount_minor(), -12'34);
  EXPECT_EQ(proto.currency(), "USD");
  EXPECT_THAT(FromProto(proto), IsOkAndHolds(money));
}

TEST(MoneyProto, CurrencyMissingOrUnknownThenInvalidArgument) {
  common::v1::Money proto;
  EXPECT_THAT(FromProto(proto).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("ISO 4217")));
  proto.set_currency("usd");
  EXPECT_THAT(FromProto(proto).status(), StatusIs(absl::StatusCode::kInvalidArgument));
  proto.set_currency("XAU");
  EXPECT_THAT(FromProto(proto).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no minor units")));
}

}  // namespace
}  // namespace pitlane
