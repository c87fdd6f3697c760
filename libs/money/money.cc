#include "libs/money/money.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/money/decimal_text.h"
#include "libs/money/rounding.h"

namespace pitlane {
namespace {

absl::Status SameCurrency(Currency a, Currency b) {
  if (a == b) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("amounts in \"", ToAbsl(a.code()), "\" and \"",
                                                 ToAbsl(b.code()), "\" do not mix"));
}

}  // namespace

absl::StatusOr<Money> Add(const Money& a, const Money& b) {
  RETURN_IF_ERROR(SameCurrency(a.currency, b.currency));
  ASSIGN_OR_RETURN(const int64_t minor, CheckedAdd(a.minor, b.minor));
  return Money{minor, a.currency};
}

absl::StatusOr<Money> Sub(const Money& a, const Money& b) {
  RETURN_IF_ERROR(SameCurrency(a.currency, b.currency));
  ASSIGN_OR_RETURN(const int64_t minor, CheckedSub(a.minor, b.minor));
  return Money{minor, a.currency};
}

absl::StatusOr<Money> Negate(const Money& a) {
  ASSIGN_OR_RETURN(const int64_t minor, CheckedNegate(a.minor));
  return Money{minor, a.currency};
}

absl::StatusOr<Money> Sum(absl::Span<const Money> amounts, Currency currency) {
  Int128 sum = 0;
  for (const Money& amount : amounts) {
    RETURN_IF_ERROR(SameCurrency(currency, amount.currency));
    sum += amount.minor;
  }
  ASSIGN_OR_RETURN(const int64_t minor, DivideRounded(sum, 1));
  return Money{minor, currency};
}

std::string ToString(const Money& money) {
  return absl::StrCat(FormatAmount(money.minor, money.currency), " ",
                      ToAbsl(money.currency.code()));
}

std::ostream& operator<<(std::ostream& out, const Money& money) { return out << ToString(money); }

}  // namespace pitlane
