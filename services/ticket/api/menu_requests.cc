#include "services/ticket/api/menu_requests.h"

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/ticket/api/fee_shape.h"
#include "services/ticket/api/tax_shape.h"

namespace pitlane::ticket {
namespace {

constexpr int kMaxSkills = 20;
constexpr int kMaxRates = 500;
constexpr int kMaxLabourMatrices = 50;
constexpr int kMaxPartMatrices = 200;
constexpr int kMaxPrices = 1000;
constexpr int kMaxBands = 50;
constexpr int kMaxExemptions = 50;
constexpr int kMaxParts = 50;
constexpr int kMaxFees = 100;
constexpr int kMaxCategories = 20;
constexpr int kMaxFreeDays = 365;
constexpr int kMaxTimes = 1000;
constexpr size_t kMaxVehicleBytes = 100;
constexpr int64_t kFirstYear = 1885;
constexpr int64_t kLastYear = 2200;

template <class Request>
absl::Status Ended(const Request& request, Shape& shape) {
  shape.NoCardNumbers(request);
  return shape.status();
}

std::string At(const std::string& list, int i) { return absl::StrCat(list, "[", i, "]"); }

// Ids of a list: 1 to 64 bytes, each once.
class Ids {
 public:
  void Check(const std::string& field, const std::string& id, Shape& shape) {
    shape.RequiredText(field, id, kMaxCodeBytes);
    shape.Require(field, ids_.insert(id).second, "is there twice");
  }

 private:
  std::set<std::string> ids_;
};

void CheckRate(const std::string& field, const v1::LabourRateRule& rate, Shape& shape) {
  shape.Value(field + ".labour_type", rate.labour_type(), *v1::LabourType_descriptor());
  shape.Text(field + ".payer_kind", rate.payer_kind(), kMaxCodeBytes);
  shape.Text(field + ".contract", rate.contract(), kMaxCodeBytes);
  shape.Range(field + ".rate_minor", rate.rate_minor(), 0, kMaxMinor);
  CheckDates(field, rate, shape);
}

template <class Bands>
void CheckBands(const std::string& field, const Bands& bands, Shape& shape) {
  shape.Range(field, bands.size(), 1, kMaxBands);
  for (int i = 0; i < bands.size(); ++i) {
    shape.Range(At(field, i) + ".multiplier_ppm", bands[i].multiplier_ppm(), 0, kMaxMultiplierPpm);
  }
}

void CheckPartMatrix(const std::string& field, const v1::PartMatrix& matrix, Shape& shape) {
  shape.Text(field + ".category", matrix.category(), kMaxNameBytes);
  shape.Text(field + ".vendor", matrix.vendor(), kMaxNameBytes);
  shape.OptionalValue(field + ".price_level", matrix.price_level(), *v1::PriceLevel_descriptor());
  CheckBands(field + ".bands", matrix.bands(), shape);
  shape.Range(field + ".cap_list_ppm", matrix.cap_list_ppm(), 0, kMaxMultiplierPpm);
  CheckDates(field, matrix, shape);
  for (int i = 0; i < matrix.bands_size(); ++i) {
    shape.Range(At(field + ".bands", i) + ".to_cost_e4", matrix.bands(i).to_cost_e4(), 0,
                kMaxMinor);
  }
}

template <class Prices>
void CheckPrices(const std::string& list, const Prices& prices, bool level_required, Shape& shape) {
  shape.Range(list, prices.size(), 0, kMaxPrices);
  Ids ids;
  for (int i = 0; i < prices.size(); ++i) {
    const v1::SpecialPrice& price = prices[i];
    const std::string field = At(list, i);
    ids.Check(field + ".price_id", price.price_id(), shape);
    shape.OptionalId<PartId>(field + ".part_id", price.part_id());
    shape.Text(field + ".category", price.category(), kMaxNameBytes);
    shape.Require(field + ".price", price.price_case() != v1::SpecialPrice::PRICE_NOT_SET,
                  "is missing: unit_price_minor or list_ppm");
    shape.Range(field + ".unit_price_minor", price.unit_price_minor(), 0, kMaxMinor);
    shape.Range(field + ".list_ppm", price.list_ppm(), 0, kMaxMultiplierPpm);
    shape.OptionalValue(field + ".price_level", price.price_level(), *v1::PriceLevel_descriptor());
    shape.Require(field + ".price_level",
                  !level_required || price.price_level() != v1::PRICE_LEVEL_UNSPECIFIED,
                  "is missing");
    CheckDates(field, price, shape);
  }
}

void CheckLabour(const std::string& field, const v1::CannedJob::Labour& labour, Shape& shape) {
  if (labour.operation_code().empty()) {
    shape.RequiredText(field + ".description", labour.description(), kMaxWordsBytes);
    shape.Range(field + ".hours_centi", labour.hours_centi(), 1, kMaxHoursCenti);
  } else {
    CheckCode(field + ".operation_code", labour.operation_code(), shape);
    shape.Text(field + ".description", labour.description(), kMaxWordsBytes);
    shape.Range(field + ".hours_centi", labour.hours_centi(), 0, kMaxHoursCenti);
  }
  shape.OptionalValue(field + ".labour_type", labour.labour_type(), *v1::LabourType_descriptor());
}

void CheckSlots(const v1::CannedJob& job, Shape& shape) {
  std::set<std::string> ids;
  for (int i = 0; i < job.slots_size(); ++i) {
    const v1::CannedJob::PartSlot& slot = job.slots(i);
    const std::string field = At("canned_job.slots", i);
    CheckCode(field + ".slot_id", slot.slot_id(), shape);
    shape.Require(field + ".slot_id", ids.insert(slot.slot_id()).second, "is there twice");
    shape.Text(field + ".category", slot.category(), kMaxNameBytes);
    shape.Range(field + ".quantity_milli", slot.quantity_milli(), 1, kMaxMilli);
    shape.OptionalId<PartId>(field + ".part_id", slot.part_id());
    shape.Value(field + ".condition", slot.condition(), *v1::PartCondition_descriptor());
  }
}

void CheckScheduledFee(const std::string& field, const v1::ScheduledFee& fee, Shape& shape) {
  shape.RequiredText(field + ".description", fee.description(), kMaxWordsBytes);
  CheckFeeRule(field + ".rule", fee.rule(), shape);
  CheckFeeCategory(field + ".tax_category", fee.tax_category(), shape);
  shape.Value(field + ".trigger", fee.trigger(), *v1::ScheduledFee::Trigger_descriptor());
  const bool part = fee.trigger() == v1::ScheduledFee::TRIGGER_PART;
  shape.Require(field + ".rule.base",
                fee.trigger() == v1::ScheduledFee::TRIGGER_TICKET ||
                    fee.rule().base() == v1::FeeRule::BASE_FLAT,
                "of what comes with a part or by the day is FLAT");
  shape.Range(field + ".categories", fee.categories_size(), part ? 1 : 0,
              part ? kMaxCategories : 0);
  shape.Range(field + ".rim_from_tenths", fee.rim_from_tenths(), 0, kMaxRimTenths);
  shape.Range(field + ".rim_to_tenths", fee.rim_to_tenths(), 0, kMaxRimTenths);
  shape.Range(field + ".free_working_days", fee.free_working_days(), 0, kMaxFreeDays);
  CheckDates(field, fee, shape);
}

void CheckTime(const std::string& field, const v1::LabourTime& time, Shape& shape) {
  shape.Text(field + ".make", time.make(), kMaxVehicleBytes);
  shape.Text(field + ".model", time.model(), kMaxVehicleBytes);
  shape.Text(field + ".engine", time.engine(), kMaxVehicleBytes);
  const auto is_year = [](int32_t year) {
    return year == 0 || (year >= kFirstYear && year <= kLastYear);
  };
  shape.Require(field + ".year_from", is_year(time.year_from()), "is 0 or 1885 to 2200");
  shape.Require(
      field + ".year_to",
      is_year(time.year_to()) && (time.year_to() == 0 || time.year_from() <= time.year_to()),
      "is 0 or 1885 to 2200, and not before year_from");
  shape.Range(field + ".hours_centi", time.hours_centi(), 1, kMaxHoursCenti);
  shape.RequiredText(field + ".source", time.source(), kMaxVehicleBytes);
  shape.RequiredText(field + ".source_version", time.source_version(), kMaxVehicleBytes);
}

template <class Request>
absl::Status CheckLocationOf(const Request& request) {
  Shape shape;
  shape.Id<LocationId>("location_id", request.location_id());
  return shape.status();
}

}  // namespace

absl::Status CheckShape(const v1::DefineOperationRequest& request) {
  Shape shape;
  const v1::Operation& operation = request.operation();
  shape.Id<LocationId>("operation.location_id", operation.location_id());
  CheckCode("operation.code", operation.code(), shape);
  shape.RequiredText("operation.title", operation.title(), kMaxNameBytes);
  shape.OptionalValue("operation.labour_type", operation.labour_type(),
                      *v1::LabourType_descriptor());
  shape.Range("operation.hours_centi", operation.hours_centi(), 0, kMaxHoursCenti);
  shape.Range("operation.skills", operation.skills_size(), 0, kMaxSkills);
  for (const std::string& skill : operation.skills()) {
    shape.RequiredText("operation.skills", skill, kMaxCodeBytes);
  }
  CheckDates("operation", operation, shape);
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::SetLabourPricingRequest& request) {
  Shape shape;
  const v1::LabourPricing& pricing = request.pricing();
  shape.Id<LocationId>("pricing.location_id", pricing.location_id());
  shape.Range("pricing.rates", pricing.rates_size(), 0, kMaxRates);
  Ids rate_ids;
  for (int i = 0; i < pricing.rates_size(); ++i) {
    const std::string field = At("pricing.rates", i);
    rate_ids.Check(field + ".rate_id", pricing.rates(i).rate_id(), shape);
    CheckRate(field, pricing.rates(i), shape);
  }
  shape.Range("pricing.matrices", pricing.matrices_size(), 0, kMaxLabourMatrices);
  Ids matrix_ids;
  for (int i = 0; i < pricing.matrices_size(); ++i) {
    const v1::LabourMatrix& matrix = pricing.matrices(i);
    const std::string field = At("pricing.matrices", i);
    matrix_ids.Check(field + ".matrix_id", matrix.matrix_id(), shape);
    for (const int type : matrix.labour_types()) {
      shape.Value(field + ".labour_types", type, *v1::LabourType_descriptor());
    }
    CheckBands(field + ".bands", matrix.bands(), shape);
    for (const auto& band : matrix.bands()) {
      shape.Range(field + ".bands.to_hours_centi", band.to_hours_centi(), 0, kMaxHoursCenti);
    }
    CheckDates(field, matrix, shape);
  }
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::SetPartPricingRequest& request) {
  Shape shape;
  const v1::PartPricing& pricing = request.pricing();
  shape.Id<LocationId>("pricing.location_id", pricing.location_id());
  shape.Range("pricing.matrices", pricing.matrices_size(), 0, kMaxPartMatrices);
  Ids ids;
  for (int i = 0; i < pricing.matrices_size(); ++i) {
    const std::string field = At("pricing.matrices", i);
    ids.Check(field + ".matrix_id", pricing.matrices(i).matrix_id(), shape);
    CheckPartMatrix(field, pricing.matrices(i), shape);
  }
  CheckPrices("pricing.level_prices", pricing.level_prices(), true, shape);
  CheckPrices("pricing.promotions", pricing.promotions(), false, shape);
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::SetCustomerTermsRequest& request) {
  Shape shape;
  const v1::CustomerTerms& terms = request.terms();
  shape.Id<LocationId>("terms.location_id", terms.location_id());
  shape.Id<CustomerId>("terms.customer_id", terms.customer_id());
  shape.OptionalValue("terms.price_level", terms.price_level(), *v1::PriceLevel_descriptor());
  shape.Text("terms.contract", terms.contract(), kMaxCodeBytes);
  shape.Range("terms.part_prices", terms.part_prices_size(), 0, kMaxPrices);
  for (int i = 0; i < terms.part_prices_size(); ++i) {
    const std::string field = At("terms.part_prices", i);
    shape.Id<PartId>(field + ".part_id", terms.part_prices(i).part_id());
    shape.Range(field + ".unit_price_minor", terms.part_prices(i).unit_price_minor(), 0, kMaxMinor);
    CheckDates(field, terms.part_prices(i), shape);
  }
  shape.Range("terms.exempt_fee_ids", terms.exempt_fee_ids_size(), 0, kMaxExemptions);
  for (const std::string& fee_id : terms.exempt_fee_ids()) {
    shape.RequiredText("terms.exempt_fee_ids", fee_id, kMaxCodeBytes);
  }
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::DefineKitRequest& request) {
  Shape shape;
  const v1::Kit& kit = request.kit();
  shape.Id<LocationId>("kit.location_id", kit.location_id());
  CheckCode("kit.code", kit.code(), shape);
  shape.RequiredText("kit.title", kit.title(), kMaxNameBytes);
  shape.Range("kit.price_minor", kit.price_minor(), 0, kMaxMinor);
  shape.Range("kit.components", kit.components_size(), 1, kMaxParts);
  std::set<std::string> parts;
  for (int i = 0; i < kit.components_size(); ++i) {
    const v1::Kit::Component& component = kit.components(i);
    const std::string field = At("kit.components", i);
    shape.Id<PartId>(field + ".part_id", component.part_id());
    shape.Require(field + ".part_id", parts.insert(component.part_id()).second, "is there twice");
    shape.Range(field + ".quantity_milli", component.quantity_milli(), 1, kMaxMilli);
    shape.Value(field + ".condition", component.condition(), *v1::PartCondition_descriptor());
  }
  CheckDates("kit", kit, shape);
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::DefineCannedJobRequest& request) {
  Shape shape;
  const v1::CannedJob& job = request.canned_job();
  shape.Id<LocationId>("canned_job.location_id", job.location_id());
  CheckCode("canned_job.code", job.code(), shape);
  shape.RequiredText("canned_job.title", job.title(), kMaxNameBytes);
  shape.Range("canned_job.labour", job.labour_size(), 0, kMaxParts);
  shape.Range("canned_job.slots", job.slots_size(), 0, kMaxParts);
  shape.Range("canned_job.fees", job.fees_size(), 0, kMaxParts);
  shape.Require("canned_job.labour", job.labour_size() + job.slots_size() + job.fees_size() > 0,
                "is empty, and so are slots and fees");
  for (int i = 0; i < job.labour_size(); ++i) {
    CheckLabour(At("canned_job.labour", i), job.labour(i), shape);
  }
  CheckSlots(job, shape);
  for (int i = 0; i < job.fees_size(); ++i) {
    const std::string field = At("canned_job.fees", i);
    shape.RequiredText(field + ".description", job.fees(i).description(), kMaxWordsBytes);
    CheckFeeRule(field + ".rule", job.fees(i).rule(), shape);
    CheckFeeCategory(field + ".tax_category", job.fees(i).tax_category(), shape);
  }
  shape.OptionalValue("canned_job.price_mode", job.price_mode(),
                      *v1::CannedJob::PriceMode_descriptor());
  const bool fixed = job.price_mode() == v1::CannedJob::PRICE_MODE_FIXED;
  shape.Range("canned_job.fixed_price_minor", job.fixed_price_minor(), 0, fixed ? kMaxMinor : 0);
  CheckDates("canned_job", job, shape);
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::SetFeeScheduleRequest& request) {
  Shape shape;
  const v1::FeeSchedule& schedule = request.schedule();
  shape.Id<LocationId>("schedule.location_id", schedule.location_id());
  shape.Range("schedule.fees", schedule.fees_size(), 0, kMaxFees);
  std::set<std::string> ids;
  for (int i = 0; i < schedule.fees_size(); ++i) {
    const std::string field = At("schedule.fees", i);
    CheckCode(field + ".fee_id", schedule.fees(i).fee_id(), shape);
    shape.Require(field + ".fee_id", ids.insert(schedule.fees(i).fee_id()).second,
                  "is there twice");
    CheckScheduledFee(field, schedule.fees(i), shape);
  }
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::ImportLabourTimesRequest& request) {
  Shape shape;
  shape.Id<LocationId>("location_id", request.location_id());
  CheckCode("operation_code", request.operation_code(), shape);
  shape.Range("times", request.times_size(), 1, kMaxTimes);
  for (int i = 0; i < request.times_size(); ++i) CheckTime(At("times", i), request.times(i), shape);
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::GetLabourPricingRequest& request) {
  return CheckLocationOf(request);
}
absl::Status CheckShape(const v1::GetPartPricingRequest& request) {
  return CheckLocationOf(request);
}
absl::Status CheckShape(const v1::GetFeeScheduleRequest& request) {
  return CheckLocationOf(request);
}
absl::Status CheckShape(const v1::ListOperationsRequest& request) {
  return CheckLocationOf(request);
}
absl::Status CheckShape(const v1::ListKitsRequest& request) { return CheckLocationOf(request); }
absl::Status CheckShape(const v1::ListCannedJobsRequest& request) {
  return CheckLocationOf(request);
}

absl::Status CheckShape(const v1::GetCustomerTermsRequest& request) {
  Shape shape;
  shape.Id<LocationId>("location_id", request.location_id());
  shape.Id<CustomerId>("customer_id", request.customer_id());
  return shape.status();
}

absl::Status CheckShape(const v1::GetLabourTimesRequest& request) {
  Shape shape;
  shape.Id<LocationId>("location_id", request.location_id());
  CheckCode("operation_code", request.operation_code(), shape);
  return shape.status();
}

}  // namespace pitlane::ticket
