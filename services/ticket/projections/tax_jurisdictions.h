// Tax jurisdictions as they are configured: code → v1::TaxJurisdiction.
#pragma once

#include <string_view>

#include "libs/runtime/projection.h"
#include "libs/runtime/view.h"
#include "pitlane/ticket/v1/events.pb.h"

namespace pitlane::ticket {

class TaxJurisdictions final : public runtime::TypedProjection<v1::TicketEvent> {
 public:
  static constexpr std::string_view kView = "tax_jurisdictions";

  std::string_view view() const override { return kView; }
  uint32_t schema() const override { return 1; }
  void On(const v1::TicketEvent& event, runtime::ViewWriter& rows) override;
};

}  // namespace pitlane::ticket
