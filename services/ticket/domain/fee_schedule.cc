#include "services/ticket/domain/fee_schedule.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"
#include "pitlane/ticket/v1/ticket_service.pb.h"
#include "services/ticket/domain/menu_dates.h"

namespace pitlane::ticket {
namespace {

template <class Texts>
bool Contains(const Texts& texts, const std::string& text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

bool IsCharged(const v1::ScheduledFee& fee, v1::ScheduledFee::Trigger trigger,
               const MenuPrices& prices, std::string_view date) {
  return fee.trigger() == trigger && HoldsOn(fee, date) &&
         !Contains(prices.terms->exempt_fee_ids(), fee.fee_id());
}

bool Fits(const v1::ScheduledFee& fee, const PartFacts& facts) {
  if (!Contains(fee.categories(), facts.category)) return false;
  if (fee.waived_if_kept() && facts.keeps_old_part) return false;
  if (fee.rim_from_tenths() > 0 && facts.rim_tenths < fee.rim_from_tenths()) return false;
  return fee.rim_to_tenths() == 0 || facts.rim_tenths <= fee.rim_to_tenths();
}

bool IsWorkingDay(absl::CivilDay day) {
  const absl::Weekday weekday = absl::GetWeekday(day);
  return weekday != absl::Weekday::saturday && weekday != absl::Weekday::sunday;
}

}  // namespace

std::vector<const v1::ScheduledFee*> FeesOfTicket(const MenuPrices& prices, std::string_view date) {
  std::vector<const v1::ScheduledFee*> fees;
  for (const v1::ScheduledFee& fee : prices.fees->fees()) {
    if (IsCharged(fee, v1::ScheduledFee::TRIGGER_TICKET, prices, date)) fees.push_back(&fee);
  }
  return fees;
}

std::vector<const v1::ScheduledFee*> FeesOfPart(const MenuPrices& prices, const PartFacts& facts,
                                                std::string_view date) {
  std::vector<const v1::ScheduledFee*> fees;
  for (const v1::ScheduledFee& fee : prices.fees->fees()) {
    const bool charged = IsCharged(fee, v1::ScheduledFee::TRIGGER_PART, prices, date);
    if (charged && Fits(fee, facts)) fees.push_back(&fee);
  }
  return fees;
}

absl::StatusOr<const v1::ScheduledFee*> StorageFee(const MenuPrices& prices,
                                                   const std::string& fee_id,
                                                   std::string_view date) {
  for (const v1::ScheduledFee& fee : prices.fees->fees()) {
    if (fee.fee_id() != fee_id) continue;
    if (IsCharged(fee, v1::ScheduledFee::TRIGGER_STORAGE, prices, date)) return &fee;
  }
  return rpc::NotFound(v1::FEE_UNKNOWN, absl::StrCat("the fee schedule has no storage fee ", fee_id,
                                                     " that is charged today; set it first"));
}

int MostFeesOfPart(const v1::FeeSchedule& schedule) {
  return static_cast<int>(std::count_if(
      schedule.fees().begin(), schedule.fees().end(),
      [](const auto& fee) { return fee.trigger() == v1::ScheduledFee::TRIGGER_PART; }));
}

v1::Line FeeLineOf(const v1::ScheduledFee& fee, const v1::FeeSchedule& schedule) {
  v1::Line line;
  line.set_kind(v1::LINE_KIND_FEE);
  line.set_description(fee.description());
  line.set_quantity_milli(1000);
  line.set_tax_category(fee.tax_category() == v1::TAX_CATEGORY_UNSPECIFIED ? v1::TAX_CATEGORY_FEE
                                                                           : fee.tax_category());
  *line.mutable_fee() = fee.rule();
  line.set_fee_id(fee.fee_id());
  line.set_fee_schedule_version(schedule.version());
  return line;
}

absl::StatusOr<int64_t> StorageDays(const std::string& from_date, const std::string& to_date,
                                    int free_working_days) {
  absl::CivilDay from;
  absl::CivilDay to;
  if (!absl::ParseCivilTime(from_date, &from) || !absl::ParseCivilTime(to_date, &to)) {
    return rpc::Invalid("from_date", "and to_date must be days such as 2026-01-31");
  }
  absl::CivilDay last_free = from;
  for (int free = 0; free < free_working_days && last_free < to;) {
    ++last_free;
    if (IsWorkingDay(last_free)) ++free;
  }
  return std::max<int64_t>(0, to - last_free);
}

bool IsInFeeBase(const v1::Line& line, v1::FeeRule::Base base) {
  const bool labour = line.kind() == v1::LINE_KIND_LABOUR;
  const bool excise = line.kind() == v1::LINE_KIND_FEE &&
                      line.fee().base() == v1::FeeRule::BASE_FLAT &&
                      line.fee().before_percentage_fees();
  const bool part = line.kind() == v1::LINE_KIND_PART || excise;
  if (base == v1::FeeRule::BASE_LABOUR) return labour;
  if (base == v1::FeeRule::BASE_PARTS) return part;
  return base == v1::FeeRule::BASE_LABOUR_AND_PARTS && (labour || part);
}

}  // namespace pitlane::ticket
