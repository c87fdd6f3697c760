#include "services/customer_vehicle/api/unsealing.h"

#include "libs/base/status.h"
#include "services/customer_vehicle/domain/sealing.h"

namespace pitlane::customer_vehicle {

absl::Status Unseal(const v1::CustomerState& sealed, const std::optional<std::string>& key,
                    v1::Customer* customer) {
  customer->set_customer_id(sealed.customer_id());
  *customer->mutable_profile() = sealed.profile();
  *customer->mutable_registered_at() = sealed.registered_at();
  customer->set_version(sealed.version());
  if (sealed.erased() || !key.has_value()) {
    customer->set_erased(true);
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(*customer->mutable_personal(), Open<v1::PersonalData>(*key, sealed.personal()));
  if (sealed.has_preferences()) *customer->mutable_preferences() = sealed.preferences();
  for (const v1::SealedNote& note : sealed.notes()) {
    ASSIGN_OR_RETURN(v1::NoteText text, Open<v1::NoteText>(*key, note.text()));
    v1::Note& readable = *customer->add_notes();
    *readable.mutable_text() = std::move(*text.mutable_text());
    readable.set_author(note.author());
    *readable.mutable_written_at() = note.written_at();
  }
  return absl::OkStatus();
}

}  // namespace pitlane::customer_vehicle
