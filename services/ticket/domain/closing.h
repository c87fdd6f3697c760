// The end of a sale.
#pragma once

#include "services/ticket/domain/draft.h"

namespace pitlane::ticket {

// The sale is complete once an invoiced ticket has nothing left to pay: TicketClosed.
void CloseIfPaid(Draft& draft, const Context& context);

}  // namespace pitlane::ticket
