#include "tools/pitlane/steps.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "libs/base/clock.h"
#include "libs/base/status.h"
#include "tools/pitlane/areas.h"

namespace pitlane::tools {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(20);

}  // namespace

Story::Story(Session& session, std::string name, const StepSink& sink)
    : session_(session),
      name_(std::move(name)),
      sink_(sink),
      tickets_(ticket::v1::TicketService::NewStub(session.channel())),
      nonce_(absl::StrFormat("%016x", Entropy::System().Next64())),
      began_(absl::Now()) {}

absl::Status Story::Begin() {
  for (const std::string_view area : kAreas) {
    const std::string name(area);
    ASSIGN_OR_RETURN(tails_[name], EventTail::Start(session_, name));
  }
  return absl::OkStatus();
}

absl::Status Story::Step(const char* step, const char* area, std::string what,
                         const std::function<absl::Status()>& act, const Wanted& wanted) {
  StoryStep report{.step = step, .area = area, .what = std::move(what)};
  absl::Status status = act();
  if (status.ok()) {
    absl::StatusOr<Event> event = tails_.at(area)->WaitFor(wanted, kPatience);
    status = event.status();
    if (event.ok()) {
      report.event = event->meta().type();
      report.position = absl::StrCat(event->meta().source(), "@", event->position());
    }
  }
  report.ok = status.ok();
  report.error = std::string(status.message());
  report.elapsed = absl::Now() - began_;
  sink_(report);
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat("step '", step, "': ", report.error));
}

absl::Status Story::Follows(const char* step, const char* area, std::string what,
                            const Wanted& wanted) {
  return Step(
      step, area, std::move(what), [] { return absl::OkStatus(); }, wanted);
}

// The ticket is looked at when the event comes.
Story::Wanted Story::OfTicket(std::string type) const {
  return [this, type = std::move(type)](const Event& event) {
    return event.meta().stream_id() == ticket_.ticket_id() &&
           event.meta().type() == "pitlane.ticket.v1." + type;
  };
}

Story::Wanted Story::OfStream(const std::string& stream_id, std::string type) {
  return [&stream_id, type = std::move(type)](const Event& event) {
    return event.meta().stream_id() == stream_id && event.meta().type() == type;
  };
}

std::string Story::NextRequestId() { return absl::StrCat(name_, "-", nonce_, "-", ++requests_); }

}  // namespace pitlane::tools
