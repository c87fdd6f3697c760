// What each figure was added up from: key "<location>/<figure id>", zero byte, position of our
// fact.
#pragma once

#include "libs/runtime/projection.h"
#include "pitlane/reporting/v1/events.pb.h"
#include "services/reporting/projections/figures.h"

namespace pitlane::reporting {

class FigureSourcesView final : public runtime::TypedProjection<v1::ReportingEvent> {
 public:
  std::string_view view() const override { return kFigureSourcesView; }
  uint32_t schema() const override { return 1; }
  void On(const v1::ReportingEvent& event, runtime::ViewWriter& rows) override;
};

// What the keys of one figure's sources begin with; `location_and_figure` as FiguresOf gives it.
std::string FigureSourcesPrefix(std::string_view location_and_figure);

}  // namespace pitlane::reporting
