#include "tests/e2e/take_back.h"

#include "libs/base/status.h"
#include "pitlane/payment/v1/payment_service.grpc.pb.h"
#include "pitlane/ticket/v1/credit_service.grpc.pb.h"

namespace pitlane::e2e {
namespace {

namespace pay = payment::v1;
namespace tkt = ticket::v1;

absl::Status RefundCredit(tools::Session& session, const tkt::CreditMemo& memo) {
  const auto payments = pay::PaymentService::NewStub(session.channel());
  pay::RefundCreditRequest refund;
  refund.set_request_id("refund-" + memo.credit_memo_id());
  refund.set_ticket_id(memo.ticket_id());
  refund.set_currency(memo.currency());
  refund.set_reason(memo.number());
  return session.Call(*payments, &pay::PaymentService::Stub::RefundCredit, refund).status();
}

}  // namespace

absl::StatusOr<tkt::CreditMemo> SellAndTakeBack(tools::Session& session, const SmallSale& sale,
                                                tkt::Disposition disposition) {
  ASSIGN_OR_RETURN(const std::string ticket_id, WriteUpAndInvoice(session, sale));
  RETURN_IF_ERROR(PayAndClose(session, ticket_id));
  const auto credits = tkt::CreditService::NewStub(session.channel());
  tkt::IssueCreditMemoRequest issue;
  issue.set_request_id("credit-" + ticket_id);
  issue.set_ticket_id(ticket_id);
  issue.mutable_order()->set_kind(tkt::TICKET_KIND_CREDIT_MEMO);
  issue.mutable_order()->set_reason("did not fit");
  issue.mutable_order()->set_whole_ticket(true);
  issue.mutable_order()->set_disposition(disposition);
  ASSIGN_OR_RETURN(const auto issued,
                   session.Call(*credits, &tkt::CreditService::Stub::IssueCreditMemo, issue));
  RETURN_IF_ERROR(RefundCredit(session, issued.memo()));
  return issued.memo();
}

}  // namespace pitlane::e2e
