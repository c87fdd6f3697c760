#include "libs/money/money_proto.h"

#include <string>

#include "libs/base/status.h"

namespace pitlane {

common::v1::Money ToProto(const Money& money) {
  common::v1::Money proto;
  proto.set_amount_minor(money.minor);
  proto.set_currency(std::string(money.currency.code()));
  return proto;
}

absl::StatusOr<Money> FromProto(const common::v1::Money& proto) {
  ASSIGN_OR_RETURN(const Currency currency, Currency::Parse(proto.currency()));
  return Money{proto.amount_minor(), currency};
}

}  // namespace pitlane
