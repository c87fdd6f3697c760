// Sold lines per category: key "<location>/<date>/<currency>/<category>".
#pragma once

#include "libs/runtime/projection.h"
#include "pitlane/reporting/v1/events.pb.h"
#include "services/reporting/projections/figures.h"

namespace pitlane::reporting {

class CategorySalesView final : public runtime::TypedProjection<v1::ReportingEvent> {
 public:
  std::string_view view() const override { return kCategorySalesView; }
  uint32_t schema() const override { return 1; }
  void On(const v1::ReportingEvent& event, runtime::ViewWriter& rows) override;
};

}  // namespace pitlane::reporting
