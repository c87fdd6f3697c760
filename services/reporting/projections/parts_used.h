// Parts sold and issued: key "<location>/<date>/<currency>/<part id>".
#pragma once

#include "libs/runtime/projection.h"
#include "pitlane/reporting/v1/events.pb.h"
#include "services/reporting/projections/figures.h"

namespace pitlane::reporting {

class PartsUsedView final : public runtime::TypedProjection<v1::ReportingEvent> {
 public:
  std::string_view view() const override { return kPartsUsedView; }
  uint32_t schema() const override { return 1; }
  void On(const v1::ReportingEvent& event, runtime::ViewWriter& rows) override;
};

}  // namespace pitlane::reporting
