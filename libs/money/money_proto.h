// Money to and from its form on the wire. A target of its own (pitlane::money_proto), so that
// pitlane::money stays free of protobuf.
#pragma once

#include "absl/status/statusor.h"
#include "libs/money/money.h"
#include "pitlane/common/v1/money.pb.h"

namespace pitlane {

common::v1::Money ToProto(const Money& money);

// INVALID_ARGUMENT unless the currency is one with minor units (Currency::Parse). Any amount is
// accepted: whether it may be negative or zero is the field's own rule.
absl::StatusOr<Money> FromProto(const common::v1::Money& proto);

}  // namespace pitlane
