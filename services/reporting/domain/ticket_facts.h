// The facts of one ticket as reports count them: its sale, credits, tenders, refunds, and parts
// that left and came back.
// Stream: the ticket's id.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "pitlane/inventory/v1/events.pb.h"
#include "pitlane/payment/v1/events.pb.h"
#include "pitlane/reporting/v1/events.pb.h"
#include "pitlane/reporting/v1/state.pb.h"
#include "pitlane/ticket/v1/credit.pb.h"
#include "pitlane/ticket/v1/types.pb.h"

namespace pitlane::reporting {

struct TicketFacts {
  using State = v1::TicketFactsState;
  using Event = v1::ReportingEvent;
  static constexpr uint32_t kSchema = 1;
  static void Apply(State& state, const Event& event);
};

// What other areas' facts mean here. Each is remembered by its natural key (ticket, payment id,
// refund id, line id, credit memo id); the same fact again decides nothing.
struct RecordSale {
  const ticket::v1::Ticket& ticket;
};
struct RecordTender {
  const payment::v1::PaymentCaptured& captured;
  std::string_view business_date;
};
struct RecordRefund {
  const payment::v1::PaymentRefunded& refunded;
  std::string_view business_date;
};
struct RecordPartsIssue {
  const inventory::v1::StockIssued& issued;
  std::string_view business_date;
};

struct RecordCredit {
  const ticket::v1::CreditMemo& memo;
};
struct RecordPartsReturn {
  const inventory::v1::StockReturned& returned;
  std::string_view business_date;
};

// What names a return of a line's part: a memo may send its units different ways.
template <class Fact>
std::string ReturnKey(const Fact& back) {
  return back.credit_memo_id() + "/" + back.line_id() + "/" +
         ticket::v1::Disposition_Name(back.disposition());
}

// Pure. They refuse nothing: what another service states as a fact is one.
std::vector<v1::ReportingEvent> Decide(const v1::TicketFactsState& state,
                                       const RecordSale& command);
std::vector<v1::ReportingEvent> Decide(const v1::TicketFactsState& state,
                                       const RecordTender& command);
std::vector<v1::ReportingEvent> Decide(const v1::TicketFactsState& state,
                                       const RecordRefund& command);
std::vector<v1::ReportingEvent> Decide(const v1::TicketFactsState& state,
                                       const RecordPartsIssue& command);
std::vector<v1::ReportingEvent> Decide(const v1::TicketFactsState& state,
                                       const RecordCredit& command);
std::vector<v1::ReportingEvent> Decide(const v1::TicketFactsState& state,
                                       const RecordPartsReturn& command);

}  // namespace pitlane::reporting
