#include "services/ticket/domain/labour.h"

#include <algorithm>
#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/money/allocation.h"
#include "libs/money/quantity.h"
#include "libs/rpc/errors.h"
#include "services/ticket/domain/menu_dates.h"
#include "services/ticket/domain/ticket_parts.h"

namespace pitlane::ticket {
namespace {

constexpr std::string_view kCustomerPays = "CUSTOMER";

// How much of the vehicle an entry names; -1: it is about others.
int FitOf(const v1::LabourTime& time, const v1::VehicleFacts& vehicle) {
  int fit = 0;
  const auto names = [&fit](const std::string& wanted, const std::string& there) {
    if (wanted.empty()) return true;
    ++fit;
    return wanted == there;
  };
  if (!names(time.make(), vehicle.make()) || !names(time.model(), vehicle.model()) ||
      !names(time.engine(), vehicle.engine())) {
    return -1;
  }
  if (time.year_from() == 0 && time.year_to() == 0) return fit;
  const bool fits = vehicle.year() != 0 && time.year_from() <= vehicle.year() &&
                    (time.year_to() == 0 || vehicle.year() <= time.year_to());
  return fits ? fit + 1 : -1;
}

const v1::LabourRateRule* RateRuleFor(const LabourAsked& asked, const MenuPrices& prices,
                                      std::string_view date) {
  const std::string_view payer = asked.payer_kind.empty() ? kCustomerPays : asked.payer_kind;
  const v1::LabourRateRule* best = nullptr;
  int best_fit = -1;
  for (const v1::LabourRateRule& rule : prices.labour->rates()) {
    if (rule.labour_type() != asked.type || !HoldsOn(rule, date)) continue;
    if (!rule.payer_kind().empty() && rule.payer_kind() != payer) continue;
    if (!rule.contract().empty() && rule.contract() != prices.terms->contract()) continue;
    const int fit = (rule.payer_kind().empty() ? 0 : 1) + (rule.contract().empty() ? 0 : 1);
    if (fit <= best_fit) continue;
    best = &rule;
    best_fit = fit;
  }
  return best;
}

const v1::LabourMatrix* MatrixFor(v1::LabourType type, const v1::LabourPricing& pricing,
                                  std::string_view date) {
  for (const v1::LabourMatrix& matrix : pricing.matrices()) {
    const auto& types = matrix.labour_types();
    const bool covers = types.empty() || std::find(types.begin(), types.end(), type) != types.end();
    if (covers && HoldsOn(matrix, date) && !matrix.bands().empty()) return &matrix;
  }
  return nullptr;
}

int BandOf(const v1::LabourMatrix& matrix, int32_t hours_centi) {
  for (int i = 0; i < matrix.bands_size(); ++i) {
    const int32_t to = matrix.bands(i).to_hours_centi();
    if (to == 0 || hours_centi <= to) return i;
  }
  return matrix.bands_size() - 1;
}

// Long work is dearer by the band of its hours. The rate is what is rounded, so that the line reads
// hours x rate.
absl::StatusOr<int64_t> RateByMatrix(v1::LabourType type, int32_t hours_centi,
                                     const v1::LabourPricing& pricing, std::string_view date,
                                     v1::LabourSource& source) {
  source.clear_matrix_id();
  source.clear_band();
  source.clear_multiplier_ppm();
  const v1::LabourMatrix* matrix = MatrixFor(type, pricing, date);
  if (matrix == nullptr) return source.base_rate_minor();
  const int band = BandOf(*matrix, hours_centi);
  source.set_matrix_id(matrix->matrix_id());
  source.set_band(band + 1);
  source.set_multiplier_ppm(matrix->bands(band).multiplier_ppm());
  return ApplyPpm(source.base_rate_minor(), Ppm{source.multiplier_ppm()});
}

absl::StatusOr<int64_t> LocationRate(const v1::Location& location, v1::LabourType type) {
  for (const v1::LabourRate& rate : location.labour_rates()) {
    if (rate.labour_type() == type) return rate.rate_minor();
  }
  return rpc::Refused(v1::LABOUR_RATE_UNKNOWN,
                      absl::StrCat("location ", location.location_id(), " has no rate for ",
                                   v1::LabourType_Name(type), "; configure it or send rate_minor"));
}

absl::Status TooLong(const std::string& job_id) {
  return rpc::Refused(v1::OVERLAP_TOO_LONG,
                      absl::StrCat("job ", job_id,
                                   " has less labour by the hour than is taken off for access it "
                                   "shares; remove the overlap first, or make it shorter"));
}

// Hours of a job that are billed by the hour, and what is taken off them.
struct SharedHours {
  int64_t billed = 0;
  int64_t taken_off = 0;       // of this job
  int64_t taken_off_else = 0;  // of other jobs, because of this one
  int64_t net_minor = 0;       // of all its labour
};

bool HasOverlap(const v1::Job& job) {
  return std::any_of(job.lines().begin(), job.lines().end(),
                     [](const v1::Line& line) { return !line.overlaps_job_id().empty(); });
}

}  // namespace

const v1::LabourTime* TimeFor(const v1::LabourTimes& times, const v1::VehicleFacts& vehicle) {
  const v1::LabourTime* best = nullptr;
  int best_fit = -1;
  for (const v1::LabourTime& time : times.times()) {
    const int fit = FitOf(time, vehicle);
    if (fit <= best_fit) continue;
    best = &time;
    best_fit = fit;
  }
  return best;
}

absl::StatusOr<LabourOffer> RateFor(const LabourAsked& asked, const v1::Location& location,
                                    const MenuPrices& prices, std::string_view date) {
  LabourOffer offer;
  v1::LabourSource& source = offer.source;
  source.set_payer_kind(std::string(asked.payer_kind.empty() ? kCustomerPays : asked.payer_kind));
  source.set_contract(prices.terms->contract());
  if (asked.rate_by_hand.has_value()) {
    source.set_by_hand(true);
    source.set_base_rate_minor(*asked.rate_by_hand);
    offer.rate_minor = *asked.rate_by_hand;
    return offer;
  }
  source.set_pricing_version(prices.labour->version());
  if (const v1::LabourRateRule* rule = RateRuleFor(asked, prices, date)) {
    source.set_rate_id(rule->rate_id());
    source.set_base_rate_minor(rule->rate_minor());
  } else {
    ASSIGN_OR_RETURN(const int64_t rate, LocationRate(location, asked.type));
    source.set_base_rate_minor(rate);
  }
  ASSIGN_OR_RETURN(offer.rate_minor,
                   RateByMatrix(asked.type, asked.hours_centi, *prices.labour, date, source));
  return offer;
}

absl::Status ChangeHours(v1::Line& line, int32_t hours_centi, const MenuPrices& prices,
                         std::string_view date) {
  line.set_hours_centi(hours_centi);
  if (!line.technicians().empty()) ShareFlagHours(hours_centi, *line.mutable_technicians());
  const bool by_rule = line.has_labour_source() && !line.labour_source().by_hand() &&
                       line.labour_mode() != v1::LABOUR_MODE_FIXED;
  if (!by_rule) return absl::OkStatus();
  ASSIGN_OR_RETURN(const int64_t rate, RateByMatrix(line.labour_type(), hours_centi, *prices.labour,
                                                    date, *line.mutable_labour_source()));
  line.set_rate_minor(rate);
  return absl::OkStatus();
}

absl::Status CheckFlagHours(const google::protobuf::RepeatedPtrField<v1::FlagShare>& shares,
                            int32_t hours_centi) {
  int64_t sum = 0;
  for (const v1::FlagShare& share : shares) sum += share.hours_centi();
  if (sum == hours_centi) return absl::OkStatus();
  return rpc::Refused(v1::FLAG_HOURS_DIFFER,
                      absl::StrCat("the technicians' hours add up to ", sum,
                                   " hundredths, the line has ", hours_centi));
}

void ShareFlagHours(int32_t hours_centi,
                    google::protobuf::RepeatedPtrField<v1::FlagShare>& shares) {
  std::vector<int64_t> weights;
  for (const v1::FlagShare& share : shares) weights.push_back(share.hours_centi());
  // Who had nothing of nothing shares alike.
  if (std::all_of(weights.begin(), weights.end(), [](int64_t w) { return w == 0; })) {
    std::fill(weights.begin(), weights.end(), 1);
  }
  const auto parts = Allocate(hours_centi, weights);
  PITLANE_CHECK(parts.ok()) << "flag hours of " << shares.size() << " technicians";
  for (int i = 0; i < shares.size(); ++i) {
    shares[i].set_hours_centi(static_cast<int32_t>((*parts)[static_cast<size_t>(i)]));
  }
}

bool OverlapCounts(const v1::Line& line, const v1::Ticket& ticket, Counting counting) {
  if (line.overlaps_job_id().empty()) return true;
  const v1::Job* other = FindJob(ticket, line.overlaps_job_id());
  return other != nullptr && Counts(other->status(), counting);
}

absl::Status CheckOverlaps(const v1::Ticket& ticket) {
  if (std::none_of(ticket.jobs().begin(), ticket.jobs().end(), HasOverlap)) return absl::OkStatus();
  std::map<std::string, SharedHours> jobs;
  for (const v1::Job& job : ticket.jobs()) {
    for (const v1::Line& line : job.lines()) {
      if (line.kind() != v1::LINE_KIND_LABOUR) continue;
      SharedHours& shared = jobs[job.job_id()];
      shared.net_minor += line.amounts().net_minor();
      if (!line.overlaps_job_id().empty()) {
        shared.taken_off -= line.hours_centi();
        jobs[line.overlaps_job_id()].taken_off_else -= line.hours_centi();
      } else if (!line.has_fixed_extension_minor()) {
        shared.billed += line.hours_centi();
      }
    }
  }
  for (const auto& [job_id, shared] : jobs) {
    const bool too_long = shared.taken_off > shared.billed ||
                          shared.taken_off_else > shared.billed || shared.net_minor < 0;
    if (too_long) return TooLong(job_id);
  }
  return absl::OkStatus();
}

}  // namespace pitlane::ticket
