// A story told on a running Pitlane: each step is done, and then proved by the event it led to.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "pitlane/ticket/v1/ticket_service.grpc.pb.h"
#include "tools/pitlane/event_tail.h"
#include "tools/pitlane/session.h"

namespace pitlane::tools {

struct StoryStep {
  std::string step;  // e.g. "invoice"
  std::string area;  // the service that did it
  std::string what;  // one sentence
  bool ok = false;
  std::string event;       // e.g. "pitlane.ticket.v1.TicketInvoiced"; empty when not ok
  std::string position;    // where it was committed, e.g. "ticket.0@17"
  absl::Duration elapsed;  // since the story began
  std::string error;       // why not ok
};

using StepSink = std::function<void(const StoryStep&)>;

// One story with one ticket in it. One thread.
class Story {
 public:
  using Event = EventTail::Event;
  using Wanted = std::function<bool(const Event&)>;

  // `name` begins the request ids. Both must outlive it.
  Story(Session& session, std::string name, const StepSink& sink);

  // First: from here on no event is missed.
  absl::Status Begin();

  // Runs `act`, then waits for the event that proves it; reports both as one step.
  absl::Status Step(const char* step, const char* area, std::string what,
                    const std::function<absl::Status()>& act, const Wanted& wanted);
  // A consequence: nothing is done for it, it only has to come.
  absl::Status Follows(const char* step, const char* area, std::string what, const Wanted& wanted);

  // An event of that type on the ticket's stream, or on that of `stream_id`.
  Wanted OfTicket(std::string type) const;
  static Wanted OfStream(const std::string& stream_id, std::string type);

  // A mutation of the ticket; remembers the ticket as it is afterwards.
  template <class Request, class Response>
  absl::Status Change(grpc::Status (ticket::v1::TicketService::Stub::*method)(grpc::ClientContext*,
                                                                              const Request&,
                                                                              Response*),
                      Request request) {
    request.set_request_id(NextRequestId());
    absl::StatusOr<Response> response = session_.Call(*tickets_, method, request);
    if (!response.ok()) return response.status();
    ticket_ = std::move(*response->mutable_ticket());
    return absl::OkStatus();
  }

  Session& session() { return session_; }
  const ticket::v1::Ticket& ticket() const { return ticket_; }
  std::string NextRequestId();

 private:
  Session& session_;
  const std::string name_;
  const StepSink& sink_;
  const std::unique_ptr<ticket::v1::TicketService::Stub> tickets_;
  const std::string nonce_;
  const absl::Time began_;
  int requests_ = 0;
  ticket::v1::Ticket ticket_;
  std::map<std::string, std::unique_ptr<EventTail>> tails_;
};

}  // namespace pitlane::tools
