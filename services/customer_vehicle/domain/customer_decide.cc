#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"
#include "pitlane/customer_vehicle/v1/customer_vehicle_service.pb.h"
#include "services/customer_vehicle/domain/customer.h"

namespace pitlane::customer_vehicle {
namespace {

absl::Status CheckKnown(const v1::CustomerState& customer, std::string_view customer_id) {
  // Only who was registered can be spoken of.
  if (!customer.customer_id().empty()) return absl::OkStatus();
  return rpc::NotFound(v1::CUSTOMER_UNKNOWN,
                       absl::StrCat("there is no customer ", ToAbsl(customer_id)));
}

std::vector<v1::CustomerVehicleEvent> One(v1::CustomerVehicleEvent event) {
  return {std::move(event)};
}

}  // namespace

absl::Status CheckPresent(const v1::CustomerState& customer, std::string_view customer_id) {
  RETURN_IF_ERROR(CheckKnown(customer, customer_id));
  // Who was erased stays erased: whoever comes back is a new customer.
  if (!customer.erased()) return absl::OkStatus();
  return rpc::Refused(v1::CUSTOMER_ERASED, absl::StrCat("customer ", ToAbsl(customer_id),
                                                        " was erased; register a new one"));
}

Events Decide(const v1::CustomerState& customer, const RegisterCustomer& command) {
  // An id is given once, for ever.
  if (!customer.customer_id().empty()) {
    return rpc::AlreadyExists(v1::CUSTOMER_EXISTS,
                              absl::StrCat("there is a customer ", command.customer_id,
                                           " already; use another id or update it"));
  }
  std::vector<v1::CustomerVehicleEvent> events(1);
  v1::CustomerRegistered& registered = *events.front().mutable_customer_registered();
  registered.set_customer_id(command.customer_id);
  *registered.mutable_personal() = command.personal;
  if (command.preferences.has_value()) {
    v1::PreferencesSet& set = *events.emplace_back().mutable_preferences_set();
    set.set_customer_id(command.customer_id);
    *set.mutable_preferences() = *command.preferences;
  }
  return events;
}

Events Decide(const v1::CustomerState& customer, const UpdateCustomer& command) {
  RETURN_IF_ERROR(CheckPresent(customer, command.customer_id));
  v1::CustomerVehicleEvent event;
  event.mutable_customer_updated()->set_customer_id(command.customer_id);
  *event.mutable_customer_updated()->mutable_personal() = command.personal;
  return One(std::move(event));
}

Events Decide(const v1::CustomerState& customer, const AddNote& command) {
  RETURN_IF_ERROR(CheckPresent(customer, command.customer_id));
  // Notes are for people to read; nobody reads more than these.
  if (customer.notes_size() >= kMaxNotes) {
    return rpc::Refused(v1::TOO_MANY_NOTES,
                        absl::StrCat("customer ", command.customer_id, " has ", kMaxNotes,
                                     " notes; write it on the ticket"));
  }
  v1::CustomerVehicleEvent event;
  event.mutable_note_added()->set_customer_id(command.customer_id);
  *event.mutable_note_added()->mutable_text() = command.text;
  return One(std::move(event));
}

Events Decide(const v1::CustomerState& customer, const SetPreferences& command) {
  RETURN_IF_ERROR(CheckPresent(customer, command.customer_id));
  // Wishes that stay the same are no news.
  if (google::protobuf::util::MessageDifferencer::Equals(customer.preferences(),
                                                         command.preferences)) {
    return std::vector<v1::CustomerVehicleEvent>();
  }
  v1::CustomerVehicleEvent event;
  event.mutable_preferences_set()->set_customer_id(command.customer_id);
  *event.mutable_preferences_set()->mutable_preferences() = command.preferences;
  return One(std::move(event));
}

Events Decide(const v1::CustomerState& customer, const EraseCustomer& command) {
  RETURN_IF_ERROR(CheckPresent(customer, command.customer_id));
  v1::CustomerVehicleEvent event;
  event.mutable_subject_erased()->set_customer_id(command.customer_id);
  return One(std::move(event));
}

Events Decide(const v1::CustomerState& customer, const LearnFromVisit& command) {
  RETURN_IF_ERROR(CheckKnown(customer, command.visit.customer_id()));
  v1::CustomerVehicleEvent event;
  v1::ProfileUpdated& updated = *event.mutable_profile_updated();
  updated.set_customer_id(command.visit.customer_id());
  updated.set_ticket_id(command.visit.ticket_id());
  *updated.mutable_profile() = WithVisit(customer.profile(), command.visit);
  return One(std::move(event));
}

Events Decide(const v1::CustomerState& customer, const LearnFromReturn& command) {
  RETURN_IF_ERROR(CheckKnown(customer, command.counted.customer_id()));
  v1::CustomerVehicleEvent event;
  v1::ProfileUpdated& updated = *event.mutable_profile_updated();
  updated.set_customer_id(command.counted.customer_id());
  updated.set_ticket_id(command.counted.ticket_id());
  *updated.mutable_profile() = WithReturn(customer.profile(), command.counted);
  return One(std::move(event));
}

}  // namespace pitlane::customer_vehicle
