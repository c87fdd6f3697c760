// What operators ask of any service; the host registers it beside the service's own.
#pragma once

#include <functional>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "libs/runtime/command_call.h"
#include "libs/runtime/parking.h"
#include "libs/runtime/service_host.h"
#include "libs/runtime/view_rebuilder.h"
#include "pitlane/admin/v1/admin_service.grpc.pb.h"

namespace pitlane::runtime {

// Thread-safe. VerifyJournal and Checkpoint take long: each runs on a thread of its own, one at a
// time; the destructor stops a walk that is under way.
class AdminService final : public admin::v1::AdminService::CallbackService {
 public:
  // Borrowed; must outlive the service.
  struct Parts {
    const ServiceEnv& env;
    const RecordApplier& applier;
    ViewRebuilder& rebuilder;
    rocksdb::Env* file_system;  // nullptr: the real one
    std::string backups;        // folder of checkpoints; made when needed
    std::function<HostStatus()> status;
    std::function<void()> parked_changed;
  };
  explicit AdminService(Parts parts);
  ~AdminService() override;

  grpc::ServerUnaryReactor* GetStatus(grpc::CallbackServerContext* context,
                                      const admin::v1::GetStatusRequest* request,
                                      admin::v1::GetStatusResponse* response) override;
  grpc::ServerWriteReactor<admin::v1::TailEventsResponse>* TailEvents(
      grpc::CallbackServerContext* context, const admin::v1::TailEventsRequest* request) override;
  grpc::ServerUnaryReactor* ListParked(grpc::CallbackServerContext* context,
                                       const admin::v1::ListParkedRequest* request,
                                       admin::v1::ListParkedResponse* response) override;
  grpc::ServerUnaryReactor* RetryParked(grpc::CallbackServerContext* context,
                                        const admin::v1::RetryParkedRequest* request,
                                        admin::v1::RetryParkedResponse* response) override;
  grpc::ServerUnaryReactor* DiscardParked(grpc::CallbackServerContext* context,
                                          const admin::v1::DiscardParkedRequest* request,
                                          admin::v1::DiscardParkedResponse* response) override;
  grpc::ServerUnaryReactor* VerifyJournal(grpc::CallbackServerContext* context,
                                          const admin::v1::VerifyJournalRequest* request,
                                          admin::v1::VerifyJournalResponse* response) override;
  grpc::ServerUnaryReactor* Checkpoint(grpc::CallbackServerContext* context,
                                       const admin::v1::CheckpointRequest* request,
                                       admin::v1::CheckpointResponse* response) override;
  grpc::ServerUnaryReactor* RebuildView(grpc::CallbackServerContext* context,
                                        const admin::v1::RebuildViewRequest* request,
                                        admin::v1::RebuildViewResponse* response) override;

 private:
  // Runs `work` on the worker thread and ends the call with what it returns.
  void RunLong(std::function<absl::Status()> work, rpc::Done done);
  absl::Status Verify(const rpc::CallContext& call, admin::v1::VerifyJournalResponse* response);
  absl::Status MakeCheckpoint(const std::string& name, admin::v1::CheckpointResponse* response);

  const Parts parts_;
  absl::Mutex mutex_;
  bool running_ ABSL_GUARDED_BY(mutex_) = false;
  std::atomic<bool> stopping_{false};
  std::thread worker_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace pitlane::runtime
