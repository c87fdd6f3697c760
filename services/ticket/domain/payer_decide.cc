// Who pays for a job, and what is owed on account.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "services/ticket/domain/closing.h"
#include "services/ticket/domain/draft.h"
#include "services/ticket/domain/payer.h"
#include "services/ticket/domain/refusals.h"
#include "services/ticket/domain/ticket.h"

namespace pitlane::ticket {
namespace {

bool SameShares(const PayerShares& a, const PayerShares& b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(),
                    [](const v1::PayerShare& one, const v1::PayerShare& other) {
                      return google::protobuf::util::MessageDifferencer::Equals(one, other);
                    });
}

}  // namespace

absl::StatusOr<Events> Decide(const v1::TicketState& state, const SplitJob& command,
                              const Context& context) {
  const v1::SplitJobRequest& request = command.request;
  RETURN_IF_ERROR(CheckOpen(state, request.ticket_id()));
  const v1::Ticket& ticket = state.ticket();
  const PayerShares* before = &ticket.payers();
  if (!request.job_id().empty()) {
    ASSIGN_OR_RETURN(const v1::Job* job, GetActiveJob(ticket, request.job_id()));
    before = &job->payers();
  }
  size_t next = 0;
  for (const v1::PayerShare& share : request.payers()) {
    if (share.payer().payer_ref().rfind("cus_", 0) != 0) continue;
    RETURN_IF_ERROR(CheckKnownCustomer(command.customers[next++], share.payer().payer_ref()));
  }
  if (SameShares(*before, request.payers())) return Events();
  Draft draft(state, context);
  v1::TicketEvent event;
  event.mutable_job_split()->set_job_id(request.job_id());
  *event.mutable_job_split()->mutable_payers() = request.payers();
  RETURN_IF_ERROR(draft.AddCalculated(std::move(event), [](v1::TicketEvent& split) {
    return split.mutable_job_split()->mutable_calculation();
  }));
  return draft.TakeEvents();
}

absl::StatusOr<Events> Decide(const v1::TicketState& state, const PutOnAccount& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckKnown(state, command.ticket_id()));
  const v1::Ticket& ticket = state.ticket();
  // There is no invoice before there is one.
  if (ticket.stage() != v1::DOCUMENT_STAGE_INVOICED &&
      ticket.stage() != v1::DOCUMENT_STAGE_CLOSED) {
    return rpc::Refused(v1::NOT_INVOICED, absl::StrCat("ticket ", ticket.ticket_id(),
                                                       " is not invoiced; invoice it first"));
  }
  const auto invoice = std::find_if(ticket.invoices().begin(), ticket.invoices().end(),
                                    [&command](const v1::PayerInvoice& candidate) {
                                      return candidate.invoice_number() == command.invoice_number();
                                    });
  if (invoice == ticket.invoices().end()) {
    return rpc::NotFound(v1::INVOICE_UNKNOWN,
                         absl::StrCat("ticket ", ticket.ticket_id(),
                                      " has no other payer's invoice ", command.invoice_number()));
  }
  // The customer's own part is a receivable of the till.
  if (invoice->payer().kind() == v1::PAYER_KIND_CUSTOMER) {
    return rpc::Refused(v1::CUSTOMER_PAYS_AT_THE_TILL,
                        absl::StrCat("invoice ", command.invoice_number(),
                                     " is the customer's own; take the money"));
  }
  if (invoice->on_account()) return Events();
  Draft draft(state, context);
  v1::TicketEvent event;
  v1::InvoicePutOnAccount& put = *event.mutable_invoice_put_on_account();
  put.set_invoice_number(invoice->invoice_number());
  *put.mutable_payer() = invoice->payer();
  put.set_amount_minor(invoice->total_minor());
  draft.Add(std::move(event));
  CloseIfPaid(draft, context);
  return draft.TakeEvents();
}

}  // namespace pitlane::ticket
