#include "services/ticket/projections/tax_jurisdictions.h"

namespace pitlane::ticket {

void TaxJurisdictions::On(const v1::TicketEvent& event, runtime::ViewWriter& rows) {
  if (!event.has_tax_jurisdiction_configured()) return;
  const v1::TaxJurisdiction& jurisdiction = event.tax_jurisdiction_configured().jurisdiction();
  rows.Put(jurisdiction.code(), jurisdiction);
}

}  // namespace pitlane::ticket
