// The import stream: one batch at a time, each one command.
#pragma once

#include "libs/rpc/bidi_stream.h"
#include "libs/rpc/positions.h"
#include "libs/runtime/command_call.h"
#include "pitlane/inventory/v1/inventory_service.pb.h"

namespace pitlane::inventory {

class PartsImport final
    : public rpc::BidiStreamHandler<v1::ImportPartsRequest, v1::ImportPartsResponse> {
 public:
  // `env` is borrowed.
  explicit PartsImport(const runtime::ServiceEnv& env) : env_(env) {}

  void OnMessage(rpc::CallContext& call, const v1::ImportPartsRequest& request,
                 v1::ImportPartsResponse* response, rpc::Done done) override;

 private:
  const runtime::ServiceEnv& env_;
  rpc::PositionToken positions_;  // of all batches so far
};

}  // namespace pitlane::inventory
