// The ticket: a repair order, a counter sale or a quote, from write-up to the last cent. Stream:
// its id.
//
// Three axes that do not depend on each other (domain handbook 2.2): the document's stage, each
// job's production status, and the settlement. Commands are the requests of the service where
// nothing has to be added to them; ids that a request leaves empty have been filled in before
// Decide sees it.
//
// Decide: every rule, pure; an error carries a reason of v1::ErrorReason, and the rules are checked
// in the order in which the reasons are declared. Apply: every change, total.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/money/quantity.h"
#include "pitlane/ticket/v1/approval_service.pb.h"
#include "pitlane/ticket/v1/events.pb.h"
#include "pitlane/ticket/v1/payer_service.pb.h"
#include "pitlane/ticket/v1/state.pb.h"
#include "pitlane/ticket/v1/tax.pb.h"
#include "pitlane/ticket/v1/tax_service.pb.h"
#include "pitlane/ticket/v1/ticket_service.pb.h"
#include "pitlane/ticket/v1/types.pb.h"
#include "services/ticket/domain/menu_prices.h"

namespace pitlane::ticket {

inline constexpr int kMaxJobs = 50;
inline constexpr int kMaxLines = 500;
inline constexpr int kMaxEstimates = 100;

using Events = std::vector<v1::TicketEvent>;

struct TicketAggregate {
  using State = v1::TicketState;
  using Event = v1::TicketEvent;
  static constexpr uint32_t kSchema = 2;
  static void Apply(v1::TicketState& state, const v1::TicketEvent& event);
};

// What a decision may look at besides the ticket and the command.
struct Context {
  absl::Time now;
  std::string business_date;  // YYYY-MM-DD: the day it is in the location now
  std::string actor;          // subject of who asks
  const v1::Location& location;
  // What the caller may give away without asking anyone, and whether they may name prices.
  int64_t discount_limit_ppm = kPpmOne;
  bool may_set_prices = true;
  // Prices and fees, for the commands that need them.
  MenuPrices menu = {};
  // Whether they may sell below cost without asking, and be the second person.
  bool may_approve = true;
  // Of the ticket's place of supply and above it, and of everybody who pays (tax_rules.h).
  std::vector<v1::TaxJurisdiction> jurisdictions = {};
  std::vector<v1::ExemptionCertificate> certificates = {};
};

struct OpenTicket {
  v1::OpenTicketRequest request;
  std::string number;  // "RO-00017"
  // One for each of the location's default fees, and of the schedule's.
  std::vector<std::string> fee_line_ids;
  v1::KnownCustomer customer;  // empty: never heard of
};

using AddJob = v1::AddJobRequest;
using AddLabourLine = v1::AddLabourLineRequest;

struct AddPartLine {
  v1::AddPartLineRequest request;
  std::string core_line_id;  // for the CORE line, if there is going to be one
  v1::PartPrice price;       // empty: not in the price list
  // For its FEE lines, as many as the schedule can bring.
  std::vector<std::string> fee_line_ids = {};
};

using AddFeeLine = v1::AddFeeLineRequest;
using AddNoteLine = v1::AddNoteLineRequest;

struct ChangeLine {
  v1::ChangeLineRequest request;
  v1::PartPrice price;  // of the line's part; empty: not in the price list, or no part
};

using RemoveLine = v1::RemoveLineRequest;
using DiscountLine = v1::DiscountLineRequest;
using DiscountTicket = v1::DiscountTicketRequest;

using AddOverlap = v1::AddOverlapRequest;
using AssignTechnicians = v1::AssignTechniciansRequest;
using AddSubletLine = v1::AddSubletLineRequest;

struct AddKit {
  v1::AddKitRequest request;
  v1::Kit kit;                                  // empty: there is none
  std::map<std::string, v1::PartPrice> prices;  // by part, of those that are in the price list
  std::vector<std::string> line_ids;            // enough for all that can come of it
};

struct AddCannedJob {
  v1::AddCannedJobRequest request;  // job_id is set
  v1::CannedJob canned_job;         // empty: there is none
  std::map<std::string, v1::PartPrice> prices;
  std::vector<std::string> line_ids;
};

using ReplacePart = v1::ReplacePartRequest;
using PlaceSpecialOrder = v1::PlaceSpecialOrderRequest;
using ReceiveSpecialOrder = v1::ReceiveSpecialOrderRequest;
using HoldForWillCall = v1::HoldForWillCallRequest;
using RecordTires = v1::RecordTiresRequest;
using ReturnCore = v1::ReturnCoreRequest;
using ForfeitCore = v1::ForfeitCoreRequest;
using ChargeStorage = v1::ChargeStorageRequest;

using AuthorizeJob = v1::AuthorizeJobRequest;
using DeclineJob = v1::DeclineJobRequest;
using DeferJob = v1::DeferJobRequest;
using StartJob = v1::StartJobRequest;
using CompleteJob = v1::CompleteJobRequest;

struct InvoiceTicket {
  v1::InvoiceTicketRequest request;
  std::string invoice_number;  // "INV-00009"
  // For further payers; one for each of InvoicedPayers (payer.h) but the first.
  std::vector<std::string> other_numbers = {};
};

using VoidTicket = v1::VoidTicketRequest;

// Told to the ticket that another one follows; the decision about the new one is OpenTicket's.
struct FollowTicket {
  std::string ticket_id;
  std::string followed_by;
};

using PresentEstimate = v1::PresentEstimateRequest;
using CancelEstimate = v1::CancelEstimateRequest;
using ExpireEstimate = v1::ExpireEstimateRequest;

// Two decisions of one unit: the quote ends, and the ticket that it becomes begins.
struct ConvertQuote {
  v1::ConvertQuoteRequest request;  // new_ticket_id is set
};
struct OpenFromQuote {
  v1::ConvertQuoteRequest request;  // new_ticket_id is set
  v1::Ticket quote;
  v1::KnownCustomer customer;         // the quote's; empty: a cash customer
  std::string number;                 // "RO-00017"
  std::vector<std::string> job_ids;   // one for each job of the quote
  std::vector<std::string> line_ids;  // one for each of its lines
};

using ScheduleJob = v1::ScheduleJobRequest;
using HoldJob = v1::HoldJobRequest;
using ResumeJob = v1::ResumeJobRequest;
using CheckQuality = v1::CheckQualityRequest;
using CancelJob = v1::CancelJobRequest;

struct SetTaxTreatment {
  v1::SetTaxTreatmentRequest request;
  bool jurisdiction_known = true;  // the place of delivery, where one is named
};

struct SplitJob {
  v1::SplitJobRequest request;
  std::vector<v1::KnownCustomer> customers;  // of shares whose payer is a `cus_…`, in their order
};

using PutOnAccount = v1::PutOnAccountRequest;

struct RequestApproval {
  v1::RequestApprovalRequest request;
  std::string approval_id;
  v1::PartPrice price;  // of the line's part; empty: not in the price list, or no part
};

using GiveApproval = v1::GiveApprovalRequest;

// Payment's facts. Both come as often as they are delivered and count once.
struct ReceiveMoney {
  std::string payment_id;
  int64_t applied_minor = 0;
  std::string currency;
};
struct ReturnMoney {
  std::string payment_id;
  std::string refund_id;
  int64_t refunded_minor = 0;
  std::string currency;
};

// Write-up and end: ticket_decide.cc.
absl::StatusOr<Events> Decide(const v1::TicketState&, const OpenTicket&, const Context&);
absl::StatusOr<Events> Decide(const v1::TicketState&, const InvoiceTicket&, const Context&);
absl::StatusOr<Events> Decide(const v1::TicketState&, const VoidTicket&, const Context&);
absl::StatusOr<Events> Decide(const v1::TicketState&, const FollowTicket&, const Context&);
// No events for a payment or refund that was counted before. Refuse TICKET_UNKNOWN;
// INVALID_ARGUMENT for another currency.
absl::StatusOr<Events> Decide(const v1::TicketState&, const ReceiveMoney&, const Context&);
absl::StatusOr<Events> Decide(const v1::TicketState&, const ReturnMoney&, const Context&);

// Estimates and quotes: estimate_decide.cc.
absl::StatusOr<Events> Decide(const v1::TicketState&, const PresentEstimate&, const Context&);
absl::StatusOr<Events> Decide(const v1::TicketState&, const CancelEstimate&, const Context&);
absl::StatusOr<Events> Decide(const v1::TicketState&, const ExpireEstimate&, const Context&);
absl::StatusOr<Events> Decide(const v1::TicketState&, const ConvertQuote&, const Context&);
absl::StatusOr<Events> Decide(const v1::TicketState&, const OpenFromQuote&, const Context&);

// The customer's decisions: consent_decide.cc.
absl::StatusOr<Events> Decide(const v1::TicketState&, const AuthorizeJob&, const Context&);
absl::StatusOr<Events> Decide(const v1::TicketState&, const DeclineJob&, const Context&);
absl::StatusOr<Events> Decide(const v1::TicketState&, const DeferJob&, const Context&);

// Jobs and the work on them: job_decide.cc.
absl::StatusOr<Events> Decide(const v1::TicketState&, const AddJob&, const Context&);
absl::StatusOr<Events> Decide(const v1::TicketState&, const ScheduleJob&, const Context&);
absl::StatusOr<Events> Decide(const v1::TicketState&, const StartJob&, const Context&);
absl::StatusOr<Events> Decide(const v1::TicketState&, const HoldJob&, const Context&);
absl::StatusOr<Events> Decide(const v1::TicketState&, const ResumeJob&, const Context&);
absl::StatusOr<Events> Decide(const v1::TicketState&, const CompleteJob&, const Context&);
absl::StatusOr<Events> Decide(const v1::TicketState&, const CheckQuality&, const Context&);
absl::StatusOr<Events> Decide(const v1::TicketState&, const CancelJob&, const Context&);

// Lines and discounts: line_decide.cc.
absl::StatusOr<Events> Decide(const v1::TicketState&, const AddLabourLine&, const Context&);
absl::StatusOr<Events> Decide(const v1::TicketState&, const AddPartLine&, const Context&);
absl::StatusOr<Events> Decide(const v1::TicketState&, const AddFeeLine&, const Context&);
absl::StatusOr<Events> Decide(const v1::TicketState&, const AddNoteLine&, const Context&);
absl::StatusOr<Events> Decide(const v1::TicketState&, const ChangeLine&, const Context&);
absl::StatusOr<Events> Decide(const v1::TicketState&, const RemoveLine&, const Context&);
absl::StatusOr<Events> Decide(const v1::TicketState&, const DiscountLine&, const Context&);
absl::StatusOr<Events> Decide(const v1::TicketState&, const DiscountTicket&, const Context&);

// Overlap and technicians: labour_decide.cc.
absl::StatusOr<Events> Decide(const v1::TicketState&, const AddOverlap&, const Context&);
absl::StatusOr<Events> Decide(const v1::TicketState&, const AssignTechnicians&, const Context&);

// Several lines at once: kit_decide.cc, canned_decide.cc.
absl::StatusOr<Events> Decide(const v1::TicketState&, const AddKit&, const Context&);
absl::StatusOr<Events> Decide(const v1::TicketState&, const AddCannedJob&, const Context&);

// Parts counter: line_decide_counter.cc.
absl::StatusOr<Events> Decide(const v1::TicketState&, const AddSubletLine&, const Context&);
absl::StatusOr<Events> Decide(const v1::TicketState&, const ReplacePart&, const Context&);
absl::StatusOr<Events> Decide(const v1::TicketState&, const PlaceSpecialOrder&, const Context&);
absl::StatusOr<Events> Decide(const v1::TicketState&, const ReceiveSpecialOrder&, const Context&);
absl::StatusOr<Events> Decide(const v1::TicketState&, const HoldForWillCall&, const Context&);
absl::StatusOr<Events> Decide(const v1::TicketState&, const RecordTires&, const Context&);

// Cores and storage: core_decide.cc.
absl::StatusOr<Events> Decide(const v1::TicketState&, const ReturnCore&, const Context&);
absl::StatusOr<Events> Decide(const v1::TicketState&, const ForfeitCore&, const Context&);
absl::StatusOr<Events> Decide(const v1::TicketState&, const ChargeStorage&, const Context&);

// What tax depends on besides the lines: tax_decide.cc.
absl::StatusOr<Events> Decide(const v1::TicketState&, const SetTaxTreatment&, const Context&);

// Who pays: payer_decide.cc.
absl::StatusOr<Events> Decide(const v1::TicketState&, const SplitJob&, const Context&);
absl::StatusOr<Events> Decide(const v1::TicketState&, const PutOnAccount&, const Context&);

// The second person: approval_decide.cc.
absl::StatusOr<Events> Decide(const v1::TicketState&, const RequestApproval&, const Context&);
absl::StatusOr<Events> Decide(const v1::TicketState&, const GiveApproval&, const Context&);

}  // namespace pitlane::ticket
