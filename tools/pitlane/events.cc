#include "tools/pitlane/events.h"

#include <iostream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "fmt/core.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/time_util.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "pitlane/admin/v1/admin_service.grpc.pb.h"
#include "tools/pitlane/areas.h"

namespace pitlane::tools {
namespace {

using Admin = admin::v1::AdminService;

absl::StatusOr<uint64_t> FirstPosition(Session& session, const EventsOptions& options,
                                       const std::string& area) {
  if (options.from.has_value()) return *options.from;
  const auto stub = Admin::NewStub(session.channel());
  ASSIGN_OR_RETURN(
      const admin::v1::GetStatusResponse status,
      session.Call(*stub, &Admin::Stub::GetStatus, admin::v1::GetStatusRequest(), area));
  return status.last_position() + 1;
}

absl::Status TailArea(Session& session, const EventsOptions& options, const std::string& area,
                      std::mutex& print_mutex) {
  ASSIGN_OR_RETURN(const uint64_t from, FirstPosition(session, options, area));
  const auto stub = Admin::NewStub(session.channel());
  grpc::ClientContext context;
  session.PrepareStream(context, area);
  admin::v1::TailEventsRequest request;
  request.set_from_position(from);
  request.set_follow(!options.no_follow);
  const auto reader = stub->TailEvents(&context, request);
  admin::v1::TailEventsResponse event;
  while (reader->Read(&event)) {
    const std::string line = EventLine(area, event.payload(), options.json);
    const std::lock_guard<std::mutex> lock(print_mutex);
    std::cout << line << std::endl;
  }
  return rpc::FromGrpcStatus(reader->Finish());
}

absl::Status Tail(const EventsOptions& options) {
  std::vector<std::string> areas(kAreas.begin(), kAreas.end());
  if (!options.area.empty()) {
    if (NewAreaEvent(options.area) == nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat("--area ", options.area, ": there is no such area"));
    }
    areas = {options.area};
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<Session> session, Connect(options.connection));
  std::mutex print_mutex;
  std::vector<absl::Status> results(areas.size());
  std::vector<std::thread> threads;
  for (size_t i = 0; i < areas.size(); ++i) {
    threads.emplace_back(
        [&, i] { results[i] = TailArea(*session, options, areas[i], print_mutex); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const absl::Status& result : results) RETURN_IF_ERROR(result);
  return absl::OkStatus();
}

}  // namespace

std::string EventLine(std::string_view area, std::string_view payload, bool json) {
  const std::unique_ptr<google::protobuf::Message> event = NewAreaEvent(area);
  if (!event->ParseFromArray(payload.data(), static_cast<int>(payload.size()))) {
    return fmt::format("{}: {} bytes that do not decode; is this tool older than the service?",
                       area, payload.size());
  }
  if (json) {
    std::string text;
    google::protobuf::util::JsonPrintOptions print;
    print.preserve_proto_field_names = true;
    const auto status = google::protobuf::util::MessageToJsonString(*event, &text, print);
    return status.ok() ? text : fmt::format("{}: no JSON: {}", area, status.ToString());
  }
  common::v1::Envelope envelope;
  envelope.ParseFromArray(payload.data(), static_cast<int>(payload.size()));
  const common::v1::EventMeta& meta = envelope.meta();
  return fmt::format("{}@{} {} {} {} v{}", meta.source(), meta.position(),
                     google::protobuf::util::TimeUtil::ToString(meta.recorded_at()),
                     meta.type().substr(meta.type().rfind('.') + 1), meta.stream_id(),
                     meta.version());
}

int RunEventsTail(const EventsOptions& options) {
  const absl::Status status = Tail(options);
  if (status.ok()) return 0;
  std::cerr << "pitlane events tail: " << status.message() << "\n";
  return 1;
}

}  // namespace pitlane::tools
