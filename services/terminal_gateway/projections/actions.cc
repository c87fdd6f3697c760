#include "services/terminal_gateway/projections/actions.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/text.h"
#include "services/terminal_gateway/domain/action.h"

namespace pitlane::terminal_gateway {
namespace {

std::string Key(std::string_view reader_id, std::string_view action_id) {
  return absl::StrCat(ToAbsl(reader_id), "/", ToAbsl(action_id));
}

// What a refund takes from its charge, or leaves to it again when it came to nothing.
int64_t TakenFromCharge(const v1::TerminalGatewayEvent& event, const v1::Action& action) {
  if (action.kind() != v1::ACTION_KIND_REFUND) return 0;
  if (event.has_action_started()) return action.amount_minor();
  if (event.has_action_failed() || event.has_action_canceled()) return -action.amount_minor();
  return 0;
}

}  // namespace

void Actions::On(const v1::TerminalGatewayEvent& event, runtime::ViewWriter& rows) {
  const std::string action_id = ActionIdOf(event);
  if (action_id.empty()) return;
  const std::string& reader_id = event.meta().stream_id();
  const std::string key = Key(reader_id, action_id);
  v1::ActionRecord record = rows.GetMessage<v1::ActionRecord>(key).value_or(v1::ActionRecord());
  ApplyToAction(record, event);
  rows.Put(key, record);

  const int64_t taken = TakenFromCharge(event, record.action());
  if (taken == 0) return;
  const std::string charge_key = Key(reader_id, record.action().original_action_id());
  auto charge = rows.GetMessage<v1::ActionRecord>(charge_key);
  if (!charge.has_value()) return;
  charge->set_refunds_minor(charge->refunds_minor() + taken);
  rows.Put(charge_key, *charge);
}

absl::StatusOr<std::optional<v1::ActionRecord>> Actions::Find(runtime::ViewReader& views,
                                                              std::string_view reader_id,
                                                              std::string_view action_id) {
  return views.GetMessage<v1::ActionRecord>(kView, Key(reader_id, action_id));
}

}  // namespace pitlane::terminal_gateway
