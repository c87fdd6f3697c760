#include "services/customer_vehicle/projections/customer_search.h"

#include "absl/strings/str_cat.h"
#include "libs/base/text.h"
#include "pitlane/customer_vehicle/v1/state.pb.h"
#include "services/customer_vehicle/domain/sealing.h"
#include "services/customer_vehicle/domain/search_words.h"

namespace pitlane::customer_vehicle {
namespace {

std::string KeysRow(const std::string& customer_id) { return absl::StrCat("k", customer_id); }

}  // namespace

std::string CustomerSearchPrefix(std::string_view token) {
  return absl::StrCat("t", ToAbsl(token));
}

void CustomerSearch::On(const v1::CustomerVehicleEvent& event, runtime::ViewWriter& rows) {
  switch (event.event_case()) {
    case v1::CustomerVehicleEvent::kCustomerRegistered:
      Index(event.customer_registered().customer_id(), event.customer_registered().personal(),
            rows);
      break;
    case v1::CustomerVehicleEvent::kCustomerUpdated:
      Index(event.customer_updated().customer_id(), event.customer_updated().personal(), rows);
      break;
    case v1::CustomerVehicleEvent::kSubjectErased:
      Remove(event.subject_erased().customer_id(), rows);
      break;
    case v1::CustomerVehicleEvent::kNoteAdded:
    case v1::CustomerVehicleEvent::kPreferencesSet:
    case v1::CustomerVehicleEvent::kProfileUpdated:
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

void CustomerSearch::Index(const std::string& customer_id, const v1::Sealed& personal,
                           runtime::ViewWriter& rows) {
  Remove(customer_id, rows);
  const auto person_key = rows.GetSecret(PersonKeyName(customer_id));
  const auto search_key = rows.GetSecret(kSearchKeyName);
  // Erased since then, and now the view is rebuilt.
  if (!person_key.has_value() || !search_key.has_value()) return;
  const auto opened = Open<v1::PersonalData>(*person_key, personal);
  if (!opened.ok()) return;
  v1::CustomerSearchKeys keys;
  for (const SearchTerm& term : SearchTermsOf(*opened)) {
    const std::string token = SearchToken(*search_key, term.kind, term.text);
    const std::string key = absl::StrCat(CustomerSearchPrefix(token), customer_id);
    rows.Put(key, std::string_view());
    keys.add_keys(key);
  }
  rows.Put(KeysRow(customer_id), keys);
}

void CustomerSearch::Remove(const std::string& customer_id, runtime::ViewWriter& rows) {
  const auto keys = rows.GetMessage<v1::CustomerSearchKeys>(KeysRow(customer_id));
  if (!keys.has_value()) return;
  for (const std::string& key : keys->keys()) rows.Delete(key);
  rows.Delete(KeysRow(customer_id));
}

}  // namespace pitlane::customer_vehicle
