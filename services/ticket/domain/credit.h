// Credit memos: what was invoiced is taken back, or part of it, by the invoice's own frozen prices,
// discounts and taxes. Decided on the invoice's stream, so that no line ever gives back more than
// it was sold for, whoever asks at the same time.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "pitlane/ticket/v1/credit.pb.h"
#include "services/ticket/domain/credit_share.h"
#include "services/ticket/domain/ticket.h"

namespace pitlane::ticket {

inline constexpr int kMaxCreditMemos = 100;

struct IssueCreditMemo {
  std::string ticket_id;
  v1::CreditOrder order;
  std::string credit_memo_id;
  std::string number;  // "CM-00007"; empty in a preview
};

// Refuses TICKET_UNKNOWN, NOT_INVOICED, CREDIT_MEMO_EXISTS, TOO_MANY_CREDIT_MEMOS,
// NOTHING_TO_CREDIT, LINE_UNKNOWN, LINE_NOT_CREDITABLE, NOT_A_CORE, GOVERNMENT_FEE_STAYS,
// CREDIT_EXCEEDS_LINE, RETURNED_UNITS_DIFFER, CORE_VALUE_DIFFERS; first by document, then line by
// line. What is owed no more closes the ticket.
absl::StatusOr<Events> Decide(const v1::TicketState&, const IssueCreditMemo&, const Context&);

// One of the ticket's memos: CREDIT_MEMO_UNKNOWN.
absl::StatusOr<const v1::CreditMemo*> GetCreditMemo(const v1::TicketState& state,
                                                    std::string_view credit_memo_id);

// What is left of a line that was charged, after every memo so far.
CreditShare ShareOf(const v1::TicketState& state, const v1::Line& line);
// Lines of which something is left; none before the ticket is invoiced.
std::vector<v1::CreditableLine> CreditableOf(const v1::TicketState& state);

void ApplyCredit(const v1::CreditMemo& memo, v1::TicketState& state);

}  // namespace pitlane::ticket
