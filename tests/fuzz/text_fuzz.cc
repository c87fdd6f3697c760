// Texts of one line that come from outside: ids, amounts, VINs, GTINs, tokens of positions, rates.
#include "gateway/rate_limit.h"
#include "libs/base/card_number.h"
#include "libs/base/ids.h"
#include "libs/money/currency.h"
#include "libs/money/decimal_text.h"
#include "libs/rpc/positions.h"
#include "libs/rpc/trace.h"
#include "services/customer_vehicle/domain/vin.h"
#include "services/inventory/domain/gtin.h"
#include "tests/fuzz/fuzz.h"

namespace pitlane {
namespace {

void Ids(std::string_view text) {
  const auto ticket = TicketId::Parse(text);
  MUST_HOLD(!ticket.ok() || ticket->text() == text);
  MUST_HOLD(!ticket.ok() || SlotOfId(text).ok());
  MUST_HOLD(!(ticket.ok() && LocationId::Parse(text).ok()));
}

void Amounts(std::string_view text) {
  for (const int decimals : {0, 2, 4}) {
    const auto scaled = ParseScaled(text, decimals);
    MUST_HOLD(scaled.ok() || !absl::IsInternal(scaled.status()));
  }
  const auto currency = Currency::Parse(text.substr(0, 3));
  if (currency.ok()) fuzz::Survives(ParseAmount(text.substr(3), *currency));
}

void Tokens(std::string_view text) {
  const auto token = rpc::PositionToken::Parse(text);
  // What is understood is written down so that it is understood as the same.
  if (token.ok()) {
    const auto again = rpc::PositionToken::Parse(token->Format());
    MUST_HOLD(again.ok() && *again == *token);
  }
  rpc::IsTraceparent(text);
}

void CarsAndParts(std::string_view text) {
  fuzz::Survives(customer_vehicle::CheckVin(text, false));
  const std::string better = customer_vehicle::SuggestVin(text);
  MUST_HOLD(better.empty() || customer_vehicle::CheckVin(better, false).ok());
  const auto gtin = inventory::ToGtin14(text);
  MUST_HOLD(!gtin.has_value() || gtin->size() == 14);
  MUST_HOLD(!inventory::IsGtin(text) || inventory::IsGtin(*gtin));
  LooksLikeCardNumber(text);
}

void Limits(std::string_view text) {
  const auto rate = gateway::ParseRate(text);
  MUST_HOLD(!rate.ok() || (rate->per_second >= 0 && rate->burst >= 1));
  gateway::AddressOf(text);
}

}  // namespace
}  // namespace pitlane

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = pitlane::fuzz::AsText(data, size);
  pitlane::Ids(text);
  pitlane::Amounts(text);
  pitlane::Tokens(text);
  pitlane::CarsAndParts(text);
  pitlane::Limits(text);
  return 0;
}
