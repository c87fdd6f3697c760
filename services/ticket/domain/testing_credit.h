// What tests of credit memos begin with: the handbook's worked ticket T1 (3.6), invoiced and paid.
// Lines: 1 and 4 labour, 2 pads, 3 two rotors, 5 alternator with its core 505, 6 declined, 901
// supplies, 902 hazardous waste.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "services/ticket/domain/credit.h"
#include "services/ticket/domain/testing_tickets.h"

namespace pitlane::ticket {

// "crm_…" number `n`, with the location's slot.
std::string TestMemo(int n);

// `change` sees the ticket as TicketInvoiced has it.
TestedTicket T1Invoiced(const std::function<void(v1::Ticket&)>& change = nullptr);
TestedTicket T1Closed(const std::function<void(v1::Ticket&)>& change = nullptr);

// All that is left of a line; some of its units; an amount of it.
v1::CreditOrderLine CreditLineOf(int line);
v1::CreditOrderLine CreditUnits(int line, int64_t quantity_milli);
v1::CreditOrderLine CreditNet(int line, int64_t net_minor);

// Parts are restocked.
IssueCreditMemo TestCredit(int memo, const std::vector<v1::CreditOrderLine>& lines);
IssueCreditMemo TestCoreReturn(int memo, const v1::CreditOrderLine& line);

}  // namespace pitlane::ticket
