#include "libs/runtime/admin_service.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/paging.h"
#include "libs/rpc/server_stream.h"
#include "libs/rpc/unary.h"
#include "libs/runtime/describe.h"
#include "libs/runtime/timestamps.h"
#include "libs/runtime/watch.h"
#include "rocksdb/env.h"

namespace pitlane::runtime {
namespace {

namespace admin_v1 = admin::v1;

constexpr size_t kDefaultPage = 100;
constexpr size_t kMaxPage = 1000;
constexpr size_t kMaxName = 64;

void FillFeed(const FeedStatus& feed, admin_v1::GetStatusResponse::Feed* out) {
  out->set_area(feed.area);
  out->set_stopped(feed.stats.stopped);
  out->set_trouble(feed.stats.trouble);
  for (const auto& [source, position] : feed.cursors) {
    admin_v1::GetStatusResponse::Source* row = out->add_sources();
    row->set_source(source.ToString());
    row->set_position(position);
  }
  out->set_applied(feed.stats.applied);
  out->set_skipped(feed.stats.skipped);
  out->set_duplicates(feed.stats.duplicates);
  out->set_parked(feed.stats.parked);
  out->set_gaps(feed.stats.gaps);
  if (feed.lag.has_value()) out->set_lag(*feed.lag);
  if (feed.stats.last_record_time != absl::InfinitePast()) {
    *out->mutable_last_record_at() = ToTimestamp(feed.stats.last_record_time);
  }
}

void FillView(const ViewStatus& view, admin_v1::GetStatusResponse::View* out) {
  out->set_name(view.view);
  out->set_generation(view.generation);
  out->set_schema(view.schema);
  out->set_building(view.building);
  out->set_built_to(view.built_to);
  out->set_failure(view.failure);
}

// One TailEvents stream.
class Tail final : public Watcher {
 public:
  using Writer = std::shared_ptr<rpc::StreamWriter<admin_v1::TailEventsResponse>>;
  Tail(Writer writer, bool follow) : writer_(std::move(writer)), follow_(follow) {}

  bool HasRoom() override { return writer_->HasRoom(); }
  bool OnEvent(const WatchedEvent& event) override {
    admin_v1::TailEventsResponse response;
    response.set_position(event.record.position);
    response.set_payload(event.record.payload);
    common::v1::Envelope envelope;
    if (envelope.ParseFromString(event.record.payload)) {
      *response.mutable_meta() = std::move(*envelope.mutable_meta());
    }
    return writer_->Write(std::move(response));
  }
  bool OnCaughtUp() override {
    if (!follow_) writer_->Close(absl::OkStatus());
    return follow_;
  }
  void OnEnd(const absl::Status& why) override { writer_->Close(why); }

 private:
  const Writer writer_;  // shared with the stream
  const bool follow_;
};

absl::Status CheckBackupName(const std::string& name) {
  const bool allowed = std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '.';
  });
  if (name.empty() || name.size() > kMaxName || !allowed || name.front() == '.') {
    return rpc::Invalid("name",
                        "must have 1 to 64 characters of A-Z a-z 0-9 _ - and ., not beginning "
                        "with a full stop");
  }
  return absl::OkStatus();
}

}  // namespace

AdminService::AdminService(Parts parts) : parts_(std::move(parts)) {}

AdminService::~AdminService() {
  stopping_ = true;
  std::thread worker;
  {
    absl::MutexLock lock(&mutex_);
    worker.swap(worker_);
  }
  if (worker.joinable()) worker.join();
}

grpc::ServerUnaryReactor* AdminService::GetStatus(grpc::CallbackServerContext* context,
                                                  const admin_v1::GetStatusRequest* request,
                                                  admin_v1::GetStatusResponse* response) {
  return rpc::Unary(parts_.env.rpc, context, request, response,
                    [this](rpc::CallContext&, const admin_v1::GetStatusRequest&,
                           admin_v1::GetStatusResponse* out) {
                      const HostStatus status = parts_.status();
                      out->set_area(status.area);
                      out->set_shard(status.shard);
                      out->set_shard_count(parts_.env.journal.identity().shard_count);
                      out->set_last_position(status.last_position);
                      out->set_serving(status.serving);
                      out->set_caught_up(status.caught_up);
                      for (const FeedStatus& feed : status.feeds) FillFeed(feed, out->add_feeds());
                      out->set_parked(status.parked);
                      for (const ViewStatus& view : status.views) FillView(view, out->add_views());
                      out->set_open_effects(status.effects.open);
                      out->set_queue_depth(status.executor.queue_depth);
                      out->set_commands(status.executor.commands);
                      out->set_commits(status.executor.batches);
                      if (status.relay.has_value()) {
                        out->set_published_position(status.relay->published);
                        if (!status.relay->trouble.ok()) {
                          out->set_publish_trouble(Describe(status.relay->trouble));
                        }
                      }
                      return absl::OkStatus();
                    });
}

grpc::ServerWriteReactor<admin_v1::TailEventsResponse>* AdminService::TailEvents(
    grpc::CallbackServerContext* context, const admin_v1::TailEventsRequest* request) {
  return rpc::ServerStream<admin_v1::TailEventsResponse>(
      parts_.env.rpc, context, request,
      [this](rpc::CallContext&, const admin_v1::TailEventsRequest& req, Tail::Writer writer) {
        const uint64_t behind = std::max<uint64_t>(req.from_position(), 1) - 1;
        WatchHub& watches = parts_.env.watches;
        writer->OnRoom([&watches] { watches.Wake(); });
        const auto id = watches.Add(behind, std::make_shared<Tail>(writer, req.follow()));
        if (!id.ok()) return writer->Close(id.status());
        writer->OnCancel([&watches, id = *id] { watches.Remove(id); });
      });
}

grpc::ServerUnaryReactor* AdminService::ListParked(grpc::CallbackServerContext* context,
                                                   const admin_v1::ListParkedRequest* request,
                                                   admin_v1::ListParkedResponse* response) {
  return rpc::Unary(
      parts_.env.rpc, context, request, response,
      [this](rpc::CallContext&, const admin_v1::ListParkedRequest& req,
             admin_v1::ListParkedResponse* out) -> absl::Status {
        ASSIGN_OR_RETURN(rpc::PageRequest asked, rpc::ParsePage(req, kDefaultPage, kMaxPage));
        ASSIGN_OR_RETURN(const ParkedPage page,
                         ::pitlane::runtime::ListParked(parts_.env.journal, req.source(),
                                                        asked.limit, std::move(asked.after)));
        for (const auto& record : page.records) {
          admin_v1::ListParkedResponse::Parked* row = out->add_parked();
          row->set_source(record.source());
          row->set_stream_id(record.stream_id());
          row->set_position(record.position());
          row->set_event_type(record.event_type());
          row->set_event_id(record.event_id());
          row->set_reason(record.reason());
          *row->mutable_parked_at() = record.parked_at();
          row->set_attempts(record.attempts());
          row->set_payload(record.payload());
        }
        out->set_next_page_token(rpc::PageToken(req, page.resume));
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* AdminService::RetryParked(grpc::CallbackServerContext* context,
                                                    const admin_v1::RetryParkedRequest* request,
                                                    admin_v1::RetryParkedResponse* response) {
  return rpc::Unary(parts_.env.rpc, context, request, response,
                    [this](rpc::CallContext&, const admin_v1::RetryParkedRequest& req,
                           admin_v1::RetryParkedResponse* out, rpc::Done done) {
                      ::pitlane::runtime::RetryParked(
                          parts_.env.executor, parts_.applier, {req.source(), req.stream_id()},
                          [this, out, done = std::move(done)](absl::StatusOr<RetryResult> result) {
                            parts_.parked_changed();
                            if (!result.ok()) return done(result.status());
                            out->set_applied(result->applied);
                            out->set_left(result->left);
                            out->set_failure(result->failure);
                            done(absl::OkStatus());
                          });
                    });
}

grpc::ServerUnaryReactor* AdminService::DiscardParked(grpc::CallbackServerContext* context,
                                                      const admin_v1::DiscardParkedRequest* request,
                                                      admin_v1::DiscardParkedResponse* response) {
  return rpc::Unary(parts_.env.rpc, context, request, response,
                    [this](rpc::CallContext&, const admin_v1::DiscardParkedRequest& req,
                           admin_v1::DiscardParkedResponse*, rpc::Done done) {
                      ::pitlane::runtime::DiscardParked(
                          parts_.env.executor, {req.source(), req.stream_id()}, req.position(),
                          [this, done = std::move(done)](absl::Status result) {
                            parts_.parked_changed();
                            done(std::move(result));
                          });
                    });
}

void AdminService::RunLong(std::function<absl::Status()> work, rpc::Done done) {
  {
    absl::MutexLock lock(&mutex_);
    if (!running_ && !stopping_) {
      running_ = true;
      // The last one has nothing left to do but to return.
      if (worker_.joinable()) worker_.join();
      worker_ = std::thread([this, work = std::move(work), done] {
        absl::Status result = work();
        {
          absl::MutexLock end(&mutex_);
          running_ = false;
        }
        done(std::move(result));
      });
      return;
    }
  }
  done(rpc::AlreadyExists(admin_v1::OPERATION_RUNNING,
                          "a verification or backup is under way; wait for its end"));
}

grpc::ServerUnaryReactor* AdminService::VerifyJournal(grpc::CallbackServerContext* context,
                                                      const admin_v1::VerifyJournalRequest* request,
                                                      admin_v1::VerifyJournalResponse* response) {
  return rpc::Unary(parts_.env.rpc, context, request, response,
                    [this](rpc::CallContext& call, const admin_v1::VerifyJournalRequest&,
                           admin_v1::VerifyJournalResponse* out, rpc::Done done) {
                      RunLong([this, &call, out] { return Verify(call, out); }, std::move(done));
                    });
}

absl::Status AdminService::Verify(const rpc::CallContext& call,
                                  admin_v1::VerifyJournalResponse* response) {
  const absl::Time started = parts_.env.rpc.clock().Now();
  ASSIGN_OR_RETURN(const journal::VerifyReport report,
                   parts_.env.journal.Verify([&](const journal::VerifyProgress&) {
                     return !stopping_ && !call.cancelled();
                   }));
  response->set_sound(!report.fault.has_value());
  response->set_records(report.records);
  response->set_streams(report.streams);
  response->set_last_position(report.tail.last_position);
  response->set_chain(HexEncode(report.tail.chain));
  if (report.fault.has_value()) {
    response->set_fault(report.fault->what);
    response->set_fault_position(report.fault->position);
  }
  const absl::Duration took = parts_.env.rpc.clock().Now() - started;
  response->mutable_took()->set_seconds(absl::ToInt64Seconds(took));
  response->mutable_took()->set_nanos(static_cast<int32_t>(
      absl::ToInt64Nanoseconds(took - absl::Seconds(absl::ToInt64Seconds(took)))));
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* AdminService::Checkpoint(grpc::CallbackServerContext* context,
                                                   const admin_v1::CheckpointRequest* request,
                                                   admin_v1::CheckpointResponse* response) {
  return rpc::Unary(parts_.env.rpc, context, request, response,
                    [this](rpc::CallContext&, const admin_v1::CheckpointRequest& req,
                           admin_v1::CheckpointResponse* out, rpc::Done done) {
                      if (absl::Status name = CheckBackupName(req.name()); !name.ok()) {
                        return done(std::move(name));
                      }
                      RunLong([this, name = req.name(), out] { return MakeCheckpoint(name, out); },
                              std::move(done));
                    });
}

absl::Status AdminService::MakeCheckpoint(const std::string& name,
                                          admin_v1::CheckpointResponse* response) {
  rocksdb::Env* env = parts_.file_system != nullptr ? parts_.file_system : rocksdb::Env::Default();
  if (const rocksdb::Status made = env->CreateDirIfMissing(parts_.backups); !made.ok()) {
    return absl::UnavailableError(
        absl::StrCat("cannot make the folder of backups: ", made.ToString()));
  }
  const journal::StoreIdentity& identity = parts_.env.journal.identity();
  const std::string folder =
      absl::StrCat(parts_.backups, "/", identity.service, ".", identity.shard, "-", name);
  const uint64_t position = parts_.env.journal.last_position();
  const absl::Status made = parts_.env.journal.Checkpoint(folder);
  if (absl::IsAlreadyExists(made)) {
    return rpc::AlreadyExists(admin_v1::BACKUP_EXISTS, absl::StrCat("there is a backup ", folder,
                                                                    " already; name another one"));
  }
  RETURN_IF_ERROR(made);
  response->set_folder(folder);
  response->set_last_position(position);
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* AdminService::RebuildView(grpc::CallbackServerContext* context,
                                                    const admin_v1::RebuildViewRequest* request,
                                                    admin_v1::RebuildViewResponse* response) {
  return rpc::Unary(
      parts_.env.rpc, context, request, response,
      [this](rpc::CallContext&, const admin_v1::RebuildViewRequest& req,
             admin_v1::RebuildViewResponse* out, rpc::Done done) {
        parts_.rebuilder.Rebuild(
            req.view(), [this, out, view = req.view(), done = std::move(done)](absl::Status built) {
              if (!built.ok()) return done(std::move(built));
              for (const ViewStatus& status : parts_.rebuilder.status()) {
                if (status.view != view) continue;
                out->set_generation(status.generation);
                out->set_built_to(status.built_to);
              }
              done(absl::OkStatus());
            });
      });
}

}  // namespace pitlane::runtime
