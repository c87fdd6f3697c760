#include "services/ticket/projections/menu.h"

namespace pitlane::ticket {
namespace {

std::string Prefix(std::string_view location_id, std::string_view list) {
  std::string prefix(location_id);
  prefix.push_back('\0');
  prefix.append(list);
  prefix.push_back('\0');
  return prefix;
}

}  // namespace

void Menu::On(const v1::TicketEvent& event, runtime::ViewWriter& rows) {
  if (event.has_operation_defined()) {
    const v1::Operation& operation = event.operation_defined().operation();
    rows.Put(Operations(operation.location_id()) + operation.code(), operation);
  }
  if (event.has_kit_defined()) {
    const v1::Kit& kit = event.kit_defined().kit();
    rows.Put(Kits(kit.location_id()) + kit.code(), kit);
  }
  if (event.has_canned_job_defined()) {
    const v1::CannedJob& job = event.canned_job_defined().canned_job();
    rows.Put(CannedJobs(job.location_id()) + job.code(), job);
  }
}

std::string Menu::Operations(std::string_view location_id) {
  return Prefix(location_id, "operations");
}

std::string Menu::Kits(std::string_view location_id) { return Prefix(location_id, "kits"); }

std::string Menu::CannedJobs(std::string_view location_id) {
  return Prefix(location_id, "canned_jobs");
}

}  // namespace pitlane::ticket
