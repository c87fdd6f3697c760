#include "services/inventory/api/parts_import.h"

#include <utility>

#include "libs/base/status.h"
#include "services/inventory/api/requests.h"
#include "services/inventory/part_import.h"

namespace pitlane::inventory {
namespace {

absl::Status ImportBatch(runtime::Unit& unit, const v1::ImportPartsRequest& request,
                         v1::ImportPartsResponse* response) {
  response->set_request_id(request.request_id());
  for (const v1::PartRow& row : request.rows()) {
    ASSIGN_OR_RETURN(*response->add_results(), ImportRow(unit, row));
  }
  return absl::OkStatus();
}

}  // namespace

void PartsImport::OnMessage(rpc::CallContext& call, const v1::ImportPartsRequest& request,
                            v1::ImportPartsResponse* response, rpc::Done done) {
  if (absl::Status shape = CheckShape(request); !shape.ok()) return done(std::move(shape));
  runtime::MutateWithin<v1::ImportPartsResponse>(
      env_, call, request, ImportBatch,
      [this, &call, response,
       done = std::move(done)](absl::StatusOr<v1::ImportPartsResponse> result) {
        if (!result.ok()) return done(result.status());
        *response = *std::move(result);
        // The stream's one trailer stands for all of its batches.
        absl::Status merged = positions_.Merge(call.positions());
        call.SetPositions(positions_);
        done(std::move(merged));
      });
}

}  // namespace pitlane::inventory
