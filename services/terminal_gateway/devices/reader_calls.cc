#include "services/terminal_gateway/devices/reader_calls.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/rpc/errors.h"
#include "services/terminal_gateway/reader_actions.h"

namespace pitlane::terminal_gateway {
namespace {

// Reports the answer as a command. An effect whose payload does not decode stays open and is logged
// each time it is tried.
AnswerFn Reporter(std::string_view kind, const v1::ActionRecord& record, runtime::EffectDone done) {
  return [kind, action = record.action(),
          done = std::move(done)](absl::StatusOr<DeviceAnswer> answer) {
    DeviceAnswer said = answer.ok() ? *std::move(answer) : DeviceAnswer();
    done([kind, action, said = std::move(said)](runtime::Unit& unit) {
      return RecordDeviceAnswer(unit, kind, action.reader_id(), action.action_id(), said);
    });
  };
}

bool Decode(const runtime::Effect& effect, v1::ActionRecord* record,
            const runtime::EffectDone& done) {
  if (record->ParseFromString(effect.payload)) return true;
  done([kind = effect.kind, id = effect.id](runtime::Unit&) {
    return rpc::DataLoss(absl::StrCat("effect ", kind, " ", id, " does not decode"));
  });
  return false;
}

}  // namespace

ActionStarter::ActionStarter(std::shared_ptr<ReaderPort> port) : port_(std::move(port)) {}

std::string_view ActionStarter::kind() const { return kStartEffect; }

void ActionStarter::Perform(const runtime::Effect& effect, runtime::EffectDone done) {
  v1::ActionRecord record;
  if (!Decode(effect, &record, done)) return;
  if (record.action().kind() == v1::ACTION_KIND_REFUND) {
    port_->Refund(record, Reporter(kind(), record, std::move(done)));
  } else {
    port_->Start(record, Reporter(kind(), record, std::move(done)));
  }
}

void ActionStarter::Recover(const runtime::Effect& effect, runtime::EffectDone done) {
  v1::ActionRecord record;
  if (!Decode(effect, &record, done)) return;
  port_->Query(record, Reporter(kind(), record, std::move(done)));
}

ActionCanceler::ActionCanceler(std::shared_ptr<ReaderPort> port) : port_(std::move(port)) {}

std::string_view ActionCanceler::kind() const { return kCancelEffect; }

void ActionCanceler::Perform(const runtime::Effect& effect, runtime::EffectDone done) {
  v1::ActionRecord record;
  if (!Decode(effect, &record, done)) return;
  port_->Cancel(record, Reporter(kind(), record, std::move(done)));
}

void ActionCanceler::Recover(const runtime::Effect& effect, runtime::EffectDone done) {
  v1::ActionRecord record;
  if (!Decode(effect, &record, done)) return;
  // Asked to give up once more: whether it heard us the first time is not known.
  port_->Cancel(record, Reporter(kind(), record, std::move(done)));
}

}  // namespace pitlane::terminal_gateway
