#include "services/ticket/desk.h"

#include <set>

#include "libs/rpc/permissions.h"
#include "services/ticket/calendar.h"
#include "services/ticket/domain/location.h"
#include "services/ticket/domain/menu.h"
#include "services/ticket/domain/number_series.h"
#include "services/ticket/domain/part_price.h"
#include "services/ticket/domain/refusals.h"
#include "services/ticket/domain/tax_certificates.h"
#include "services/ticket/domain/tax_jurisdiction.h"

namespace pitlane::ticket {
namespace {

// Whose certificates may count on a ticket.
std::vector<std::string> PayersOf(const v1::Ticket& ticket) {
  std::set<std::string> payers = {ticket.customer_id()};
  for (const v1::PayerShare& share : ticket.payers()) payers.insert(share.payer().payer_ref());
  for (const v1::Job& job : ticket.jobs()) {
    for (const v1::PayerShare& share : job.payers()) payers.insert(share.payer().payer_ref());
  }
  return {payers.begin(), payers.end()};
}

}  // namespace

absl::StatusOr<Desk> Desk::At(runtime::Unit& unit, const std::string& location_id) {
  ASSIGN_OR_RETURN(const auto location, unit.Load<LocationAggregate>(location_id));
  RETURN_IF_ERROR(CheckKnown(location.state, location_id));
  ASSIGN_OR_RETURN(std::string date, DateIn(location.state.time_zone(), unit.now()));
  ASSIGN_OR_RETURN(const uint32_t slot, SlotOfId(location_id));
  Context context{.now = unit.now(),
                  .business_date = date,
                  .actor = unit.origin().actor.subject(),
                  .location = location.state};
  // Facts of other services act for nobody's role.
  if (const auto& caller = unit.origin().caller; caller.has_value()) {
    context.discount_limit_ppm = rpc::DiscountLimitPpm(*caller, location_id);
    context.may_set_prices =
        rpc::HasPermissionAt(*caller, common::v1::PERMISSION_DISCOUNT, location_id);
    context.may_approve =
        rpc::HasPermissionAt(*caller, common::v1::PERMISSION_APPROVE, location_id);
  }
  Desk desk(unit, std::move(context),
            {.location_id = location_id, .business_date = std::move(date)}, slot);
  RETURN_IF_ERROR(desk.UsePlaceOfSupply(desk.context_.location.tax_jurisdiction()));
  return desk;
}

absl::StatusOr<Desk> Desk::Of(runtime::Unit& unit, const std::string& ticket_id) {
  ASSIGN_OR_RETURN(const auto ticket, unit.Load<TicketAggregate>(ticket_id));
  RETURN_IF_ERROR(CheckKnown(ticket.state, ticket_id));
  ASSIGN_OR_RETURN(Desk desk, At(unit, ticket.state.ticket().location_id()));
  if (!ticket.state.ticket().delivery_jurisdiction().empty()) {
    RETURN_IF_ERROR(desk.UsePlaceOfSupply(ticket.state.ticket().delivery_jurisdiction()));
  }
  RETURN_IF_ERROR(desk.UseCertificatesOf(PayersOf(ticket.state.ticket())));
  return desk;
}

absl::Status Desk::UsePlaceOfSupply(const std::string& jurisdiction) {
  context_.jurisdictions.clear();
  for (const std::string& place : PlacesOf(jurisdiction)) {
    ASSIGN_OR_RETURN(const auto loaded,
                     unit_.Load<TaxJurisdictionAggregate>(JurisdictionStreamOf(place)));
    if (loaded.version > 0) context_.jurisdictions.push_back(loaded.state);
  }
  return absl::OkStatus();
}

absl::Status Desk::UseCertificatesOf(const std::vector<std::string>& payers) {
  for (const std::string& payer : payers) {
    if (!CustomerId::Parse(payer).ok()) continue;
    ASSIGN_OR_RETURN(const auto loaded,
                     unit_.Load<ExemptionCertificatesAggregate>(CertificatesStreamOf(payer)));
    for (const v1::ExemptionCertificate& certificate : loaded.state.certificates()) {
      context_.certificates.push_back(certificate);
    }
  }
  return absl::OkStatus();
}

absl::Status Desk::ShowPricesTo(const std::string& ticket_id) {
  ASSIGN_OR_RETURN(const auto ticket, unit_.Load<TicketAggregate>(ticket_id));
  return ShowPricesToCustomer(ticket.state.ticket().customer_id());
}

absl::Status Desk::ShowPricesToCustomer(const std::string& customer_id) {
  const std::string& location_id = scope_.location_id;
  MenuPrices& menu = context_.menu;
  ASSIGN_OR_RETURN(const auto labour,
                   unit_.Load<LabourPricingAggregate>(LabourPricingStream(location_id)));
  menu.labour = &labour.state;
  ASSIGN_OR_RETURN(const auto parts,
                   unit_.Load<PartPricingAggregate>(PartPricingStream(location_id)));
  menu.parts = &parts.state;
  ASSIGN_OR_RETURN(const auto fees,
                   unit_.Load<FeeScheduleAggregate>(FeeScheduleStream(location_id)));
  menu.fees = &fees.state;
  if (customer_id.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto terms,
                   unit_.Load<CustomerTermsAggregate>(TermsStream(location_id, customer_id)));
  menu.terms = &terms.state;
  return absl::OkStatus();
}

absl::Status Desk::ShowOperation(const std::string& code) {
  if (code.empty()) return absl::OkStatus();
  const std::string& location_id = scope_.location_id;
  ASSIGN_OR_RETURN(const auto operation,
                   unit_.Load<OperationAggregate>(OperationStream(location_id, code)));
  context_.menu.operations[code] = &operation.state;
  ASSIGN_OR_RETURN(const auto times,
                   unit_.Load<LabourTimesAggregate>(LabourTimesStream(location_id, code)));
  context_.menu.times[code] = &times.state;
  return absl::OkStatus();
}

absl::StatusOr<std::string> Desk::NextNumber(std::string_view series,
                                             const std::string& ticket_id) {
  const std::string stream = NumbersStreamOf(scope_.location_id);
  ASSIGN_OR_RETURN(const auto numbers, unit_.Load<NumberSeriesAggregate>(stream));
  std::vector<v1::TicketEvent> events =
      Decide(numbers.state, AssignNumber{std::string(series), ticket_id});
  std::string number = FormatNumber(events[0].number_assigned());
  unit_.Emit<NumberSeriesAggregate>(stream, std::move(events), scope_);
  return number;
}

absl::StatusOr<v1::PartPrice> PriceOf(runtime::Unit& unit, const std::string& part_id) {
  ASSIGN_OR_RETURN(const auto price, unit.Load<PartPriceAggregate>(part_id));
  return price.state;
}

}  // namespace pitlane::ticket
