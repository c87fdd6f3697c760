#include "services/inventory/domain/validation.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "libs/base/status_matchers.h"
#include "libs/rpc/errors.h"
#include "pitlane/inventory/v1/inventory_service.pb.h"

namespace pitlane::inventory {
namespace {

TEST(Text, PlainUtf8IsTaken) {
  EXPECT_THAT(CheckText("f", "", 10), IsOk());
  EXPECT_THAT(CheckText("f", "Bremsbel\xC3\xA4ge", 64), IsOk());
  EXPECT_THAT(CheckText("f", "\xE5\x88\xB9\xE8\xBB\x8A", 64), IsOk());
  EXPECT_THAT(CheckText("f", "\xF0\x9F\x9A\x97", 64), IsOk());
}

TEST(Text, ControlCharactersAndBrokenUtf8AreRefused) {
  for (const std::string& text :
       {std::string("a\nb"), std::string("a\0b", 3), std::string("\x7F"), std::string("\x80"),
        std::string("\xC0\xAF"), std::string("\xC3"), std::string("\xE0\x80\x80"),
        std::string("\xED\xA0\x80"), std::string("\xE5\x88"), std::string("\xF0\x80\x80\x80"),
        std::string("\xF4\x90\x80\x80"), std::string("\xFF")}) {
    const absl::Status status = CheckText("note", text, 64);
    EXPECT_TRUE(rpc::HasReason(status, v1::TEXT_INVALID)) << status;
  }
}

TEST(Text, LongerThanItsLimitIsRefused) {
  EXPECT_THAT(CheckText("f", std::string(10, 'a'), 10), IsOk());
  const absl::Status status = CheckText("f", std::string(11, 'a'), 10);
  EXPECT_TRUE(rpc::HasReason(status, v1::TEXT_INVALID));
  EXPECT_EQ(rpc::FieldViolations(status).at(0).field, "f");
}

TEST(Text, TypedCardNumberIsRefused) {
  EXPECT_THAT(CheckTypedText("note", "found 3 behind the shelf", 64), IsOk());
  EXPECT_TRUE(
      rpc::HasReason(CheckTypedText("note", "paid 4242 4242 4242 4242", 64), v1::TEXT_INVALID));
}

TEST(Amount, OutsideItsRangeIsRefused) {
  EXPECT_THAT(CheckAmount("f", 0), IsOk());
  EXPECT_THAT(CheckAmount("f", kMaxAmount), IsOk());
  EXPECT_TRUE(rpc::HasReason(CheckAmount("f", -1), v1::AMOUNT_OUT_OF_RANGE));
  EXPECT_TRUE(rpc::HasReason(CheckAmount("f", kMaxAmount + 1), v1::AMOUNT_OUT_OF_RANGE));
}

TEST(QuantityLimit, OutsideItsRangeIsRefused) {
  EXPECT_THAT(CheckQuantity("f", 1), IsOk());
  EXPECT_THAT(CheckQuantity("f", kMaxQuantityMilli), IsOk());
  EXPECT_TRUE(rpc::HasReason(CheckQuantity("f", 0), v1::QUANTITY_OUT_OF_RANGE));
  EXPECT_TRUE(rpc::HasReason(CheckQuantity("f", std::numeric_limits<int64_t>::min()),
                             v1::QUANTITY_OUT_OF_RANGE));
  EXPECT_THAT(CheckQuantityOrZero("f", 0), IsOk());
  EXPECT_TRUE(rpc::HasReason(CheckQuantityOrZero("f", -1), v1::QUANTITY_OUT_OF_RANGE));
  EXPECT_TRUE(
      rpc::HasReason(CheckQuantityOrZero("f", kMaxQuantityMilli + 1), v1::QUANTITY_OUT_OF_RANGE));
}

}  // namespace
}  // namespace pitlane::inventory
