#include "services/customer_vehicle/domain/customer.h"

namespace pitlane::customer_vehicle {
namespace {

void Erase(v1::CustomerState& customer) {
  customer.set_erased(true);
  customer.clear_personal();
  customer.clear_preferences();
  customer.clear_notes();
}

}  // namespace

void CustomerAggregate::Apply(v1::CustomerState& customer, const v1::CustomerVehicleEvent& event) {
  customer.set_version(customer.version() + 1);
  switch (event.event_case()) {
    case v1::CustomerVehicleEvent::kCustomerRegistered:
      customer.set_customer_id(event.customer_registered().customer_id());
      *customer.mutable_personal() = event.customer_registered().personal();
      *customer.mutable_registered_at() = event.meta().recorded_at();
      break;
    case v1::CustomerVehicleEvent::kCustomerUpdated:
      *customer.mutable_personal() = event.customer_updated().personal();
      break;
    case v1::CustomerVehicleEvent::kNoteAdded: {
      v1::SealedNote& note = *customer.add_notes();
      *note.mutable_text() = event.note_added().text();
      note.set_author(event.meta().actor().subject());
      *note.mutable_written_at() = event.meta().recorded_at();
      break;
    }
    case v1::CustomerVehicleEvent::kPreferencesSet:
      *customer.mutable_preferences() = event.preferences_set().preferences();
      break;
    case v1::CustomerVehicleEvent::kSubjectErased:
      Erase(customer);
      break;
    case v1::CustomerVehicleEvent::kProfileUpdated:
      *customer.mutable_profile() = event.profile_updated().profile();
      break;
    case v1::CustomerVehicleEvent::kVisitCounted:
    case v1::CustomerVehicleEvent::kVehicleRegistered:
    case v1::CustomerVehicleEvent::kVehicleUpdated:
    case v1::CustomerVehicleEvent::kOwnershipStarted:
    case v1::CustomerVehicleEvent::kOwnershipEnded:
    case v1::CustomerVehicleEvent::kOdometerRead:
    case v1::CustomerVehicleEvent::kServiceRecorded:
    case v1::CustomerVehicleEvent::kReturnRecorded:
    case v1::CustomerVehicleEvent::kReturnCounted:
    case v1::CustomerVehicleEvent::EVENT_NOT_SET:
      break;
  }
}

}  // namespace pitlane::customer_vehicle
