#include "services/customer_vehicle/customers.h"

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "libs/base/ids.h"
#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "libs/runtime/expected_version.h"
#include "services/customer_vehicle/domain/customer.h"
#include "services/customer_vehicle/domain/sealing.h"
#include "services/customer_vehicle/domain/validation.h"

namespace pitlane::customer_vehicle {
namespace {

using runtime::Unit;

// Decides, and answers the customer as it then is.
template <class Command>
absl::Status Do(Unit& unit, std::optional<uint64_t> expected_version, const Command& command,
                v1::CustomerState* customer) {
  RETURN_IF_ERROR(unit.Execute<CustomerAggregate>(
      command.customer_id, expected_version, runtime::EventScope(),
      [&](const v1::CustomerState& state) { return Decide(state, command); }));
  ASSIGN_OR_RETURN(const auto after, unit.Load<CustomerAggregate>(command.customer_id));
  *customer = after.state;
  return absl::OkStatus();
}

// The key of a customer who is there.
absl::StatusOr<std::string> KeyOf(Unit& unit, const std::string& customer_id) {
  ASSIGN_OR_RETURN(const auto customer, unit.Load<CustomerAggregate>(customer_id));
  RETURN_IF_ERROR(CheckPresent(customer.state, customer_id));
  ASSIGN_OR_RETURN(std::optional<std::string> key, unit.GetSecret(PersonKeyName(customer_id)));
  if (key.has_value()) return *std::move(key);
  return rpc::DataLoss(absl::StrCat("the key of customer ", customer_id,
                                    " is missing; restore the store from a backup"));
}

// The key of the search index; made with the first customer.
absl::Status EnsureSearchKey(Unit& unit) {
  ASSIGN_OR_RETURN(const std::optional<std::string> key, unit.GetSecret(kSearchKeyName));
  if (!key.has_value()) unit.PutSecret(kSearchKeyName, RandomBytes(unit.entropy(), kKeyBytes));
  return absl::OkStatus();
}

v1::Sealed SealNow(Unit& unit, const std::string& key, const std::string& customer_id,
                   const google::protobuf::Message& message) {
  return Seal(key, RandomBytes(unit.entropy(), kNonceBytes), customer_id, message);
}

}  // namespace

absl::Status Execute(Unit& unit, const v1::RegisterCustomerRequest& request,
                     v1::CustomerState* customer) {
  RegisterCustomer command{.customer_id = request.customer_id()};
  if (command.customer_id.empty()) {
    command.customer_id = unit.NewId<CustomerId>(RandomSlot(unit.entropy())).text();
  }
  ASSIGN_OR_RETURN(const auto existing, unit.Load<CustomerAggregate>(command.customer_id));
  if (request.has_preferences()) command.preferences = request.preferences();
  // Nobody's key is overwritten: a customer who is there is refused with the one he has.
  if (existing.version == 0) {
    RETURN_IF_ERROR(EnsureSearchKey(unit));
    const std::string key = RandomBytes(unit.entropy(), kKeyBytes);
    unit.PutSecret(PersonKeyName(command.customer_id), key);
    command.personal = SealNow(unit, key, command.customer_id, Trimmed(request.personal()));
  }
  return Do(unit, std::nullopt, command, customer);
}

absl::Status Execute(Unit& unit, const v1::UpdateCustomerRequest& request,
                     v1::CustomerState* customer) {
  ASSIGN_OR_RETURN(const std::string key, KeyOf(unit, request.customer_id()));
  const UpdateCustomer command{
      .customer_id = request.customer_id(),
      .personal = SealNow(unit, key, request.customer_id(), Trimmed(request.personal()))};
  return Do(unit, runtime::ExpectedVersion(request), command, customer);
}

absl::Status Execute(Unit& unit, const v1::AddNoteRequest& request, v1::CustomerState* customer) {
  ASSIGN_OR_RETURN(const std::string key, KeyOf(unit, request.customer_id()));
  v1::NoteText text;
  text.set_text(Trimmed(request.text()));
  const AddNote command{.customer_id = request.customer_id(),
                        .text = SealNow(unit, key, request.customer_id(), text)};
  return Do(unit, runtime::ExpectedVersion(request), command, customer);
}

absl::Status Execute(Unit& unit, const v1::SetPreferencesRequest& request,
                     v1::CustomerState* customer) {
  const SetPreferences command{.customer_id = request.customer_id(),
                               .preferences = request.preferences()};
  return Do(unit, runtime::ExpectedVersion(request), command, customer);
}

absl::Status Execute(Unit& unit, const v1::EraseCustomerRequest& request,
                     v1::CustomerState* customer) {
  RETURN_IF_ERROR(Do(unit, runtime::ExpectedVersion(request),
                     EraseCustomer{.customer_id = request.customer_id()}, customer));
  unit.DeleteSecret(PersonKeyName(request.customer_id()));
  return unit.status();
}

}  // namespace pitlane::customer_vehicle
