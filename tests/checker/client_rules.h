// What clients wrote down against what the stores hold: acknowledged once, refused never, unknown
// at most once, nothing that nobody asked for; and versions as one writer at a time would give
// them.
#pragma once

#include <memory>
#include <vector>

#include "tests/checker/history.h"
#include "tests/checker/log_rules.h"
#include "tests/checker/report.h"

namespace pitlane::checker {

void CheckClients(const std::vector<ClientRecord>& records,
                  const std::vector<std::string>& unrecorded,
                  const std::vector<std::unique_ptr<StoreLog>>& logs, Report& report);

// Expected versions, resulting versions and versions read, per stream, in the order of real time.
void CheckVersions(const std::vector<ClientRecord>& records, Report& report);

}  // namespace pitlane::checker
