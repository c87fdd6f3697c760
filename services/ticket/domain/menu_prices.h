// What a decision about lines looks up prices in: the location's menu as it is now, and how it
// sells to the ticket's customer. Borrowed; lives within one unit. Everything is empty where the
// shop has set nothing up, and then location and price list alone say what things cost.
#pragma once

#include <map>
#include <string>

#include "pitlane/ticket/v1/menu.pb.h"
#include "pitlane/ticket/v1/types.pb.h"

namespace pitlane::ticket {

struct MenuPrices {
  const v1::LabourPricing* labour = &v1::LabourPricing::default_instance();
  const v1::PartPricing* parts = &v1::PartPricing::default_instance();
  const v1::CustomerTerms* terms = &v1::CustomerTerms::default_instance();
  const v1::FeeSchedule* fees = &v1::FeeSchedule::default_instance();
  // By code, of those that the command names.
  std::map<std::string, const v1::Operation*> operations;
  std::map<std::string, const v1::LabourTimes*> times;

  // Empty (version 0) when there is none.
  const v1::Operation& OperationOf(const std::string& code) const {
    const auto found = operations.find(code);
    return found == operations.end() ? v1::Operation::default_instance() : *found->second;
  }
  const v1::LabourTimes& TimesOf(const std::string& code) const {
    const auto found = times.find(code);
    return found == times.end() ? v1::LabourTimes::default_instance() : *found->second;
  }
};

}  // namespace pitlane::ticket
