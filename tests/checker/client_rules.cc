#include "tests/checker/client_rules.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace pitlane::checker {
namespace {

// All that was written down about one request to one area.
struct Request {
  bool acknowledged = false;
  bool unknown = false;
  bool differs = false;
  std::string positions;
};
using RequestKey = std::pair<std::string, std::string>;  // area, request id

absl::flat_hash_map<RequestKey, Request> Gather(const std::vector<ClientRecord>& records) {
  absl::flat_hash_map<RequestKey, Request> requests;
  for (const ClientRecord& record : records) {
    if (record.outcome == Outcome::kRead) continue;
    Request& request = requests[{AreaOfMethod(record.method), record.request_id}];
    if (record.outcome == Outcome::kUnknown) request.unknown = true;
    if (record.outcome != Outcome::kAcknowledged) continue;
    request.acknowledged = true;
    if (record.positions.empty()) continue;
    // The same request is answered the same, however often it is sent.
    request.differs = !request.positions.empty() && request.positions != record.positions;
    request.positions = record.positions;
  }
  return requests;
}

// Where a request was done; nullptr: nowhere.
struct Done {
  const StoreLog* log = nullptr;
  const Run* run = nullptr;
  const std::string* answer = nullptr;
  int times = 0;
};

Done FindDone(const RequestKey& key, const std::vector<std::unique_ptr<StoreLog>>& logs) {
  Done done;
  for (const auto& log : logs) {
    if (log->identity().area != key.first) continue;
    const Run* run = log->FindRun(key.second);
    const std::string* answer = log->FindAnswer(key.second);
    if (run == nullptr && answer == nullptr) continue;
    ++done.times;
    done = {log.get(), run, answer, done.times};
  }
  return done;
}

void CheckRequest(const RequestKey& key, const Request& request, const Done& done, Report& report) {
  const auto says = [&](std::string text) {
    return Fault{
        done.run != nullptr ? Place{&done.log->identity(), 0, done.run->first}.text() : key.first,
        key.second, std::move(text)};
  };
  report.Expect("done-twice", done.times <= 1, [&] { return says("was done in two stores"); });
  if (request.acknowledged) {
    report.Expect("acknowledged-lost", done.answer != nullptr, [&] {
      return says(absl::StrCat("was acknowledged at ", request.positions, " and never happened"));
    });
    report.Expect(
        "acknowledged-elsewhere",
        !request.differs && (done.answer == nullptr || done.answer->empty() ||
                             request.positions.empty() || *done.answer == request.positions),
        [&] {
          return says(absl::StrCat("was acknowledged at ", request.positions, " and is stored as ",
                                   *done.answer));
        });
  } else if (!request.unknown) {
    report.Expect("refused-done", done.times == 0,
                  [&] { return says("was refused and happened all the same"); });
  }
}

// What happened to one stream, as clients saw it.
struct Write {
  const ClientRecord* record;
  uint64_t version;
  int64_t begin_us;  // when the request was sent for the first time
};
struct StreamCalls {
  std::vector<Write> writes;               // acknowledged, by version
  std::vector<const ClientRecord*> reads;  // and refusals for the version
};

constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

// A write begins where the one before it ended, and each version is of one request.
void CheckWrites(const std::string& stream, std::vector<Write>& writes, Report& report) {
  std::sort(writes.begin(), writes.end(), [](const Write& a, const Write& b) {
    return std::pair(a.version, a.begin_us) < std::pair(b.version, b.begin_us);
  });
  std::map<uint64_t, std::string> expected;  // version that a request was to find
  int64_t earliest_end = kNever;             // of this version and all behind it
  for (auto write = writes.rbegin(); write != writes.rend(); ++write) {
    const ClientRecord& record = *write->record;
    const auto says = [&](std::string text) {
      return Fault{stream, record.request_id, std::move(text)};
    };
    // A repetition of the request is the same write.
    report.Expect("version-order", record.end_us == 0 || write->begin_us <= earliest_end, [&] {
      return says(absl::StrCat("made version ", write->version,
                               " after a later version had been acknowledged"));
    });
    if (record.end_us != 0) earliest_end = std::min(earliest_end, record.end_us);
    if (!record.expected_version) continue;
    report.Expect("version-expected", write->version > *record.expected_version, [&] {
      return says(absl::StrCat("was to follow version ", *record.expected_version,
                               " and made version ", write->version));
    });
    const auto [other, is_new] = expected.emplace(*record.expected_version, record.request_id);
    report.Expect("version-twice", is_new || other->second == record.request_id, [&] {
      return says(absl::StrCat("and ", other->second, " were both to follow version ",
                               *record.expected_version, ", and both did"));
    });
  }
}

// Who reads sees at least what was acknowledged before, and nothing that was begun afterwards.
void CheckRead(const std::string& stream, const ClientRecord& read,
               const std::vector<Write>& writes, Report& report) {
  uint64_t at_least = 0;
  for (const Write& write : writes) {
    const bool before = write.record->end_us != 0 && write.record->end_us < read.begin_us;
    if (before) at_least = std::max(at_least, write.version);
  }
  report.Expect("version-read", !read.version || *read.version >= at_least, [&] {
    return Fault{stream, read.request_id,
                 absl::StrCat("version ", *read.version, " was read after ", at_least,
                              " had been acknowledged")};
  });
  for (const Write& write : writes) {
    const bool later = write.record->end_us != 0 && write.begin_us > read.end_us;
    report.Expect("version-read", !later || !read.version || *read.version < write.version, [&] {
      return Fault{stream, read.request_id,
                   absl::StrCat("version ", *read.version, " was read before ",
                                write.record->request_id, " was sent")};
    });
  }
}

}  // namespace

void CheckClients(const std::vector<ClientRecord>& records,
                  const std::vector<std::string>& unrecorded,
                  const std::vector<std::unique_ptr<StoreLog>>& logs, Report& report) {
  const absl::flat_hash_map<RequestKey, Request> requests = Gather(records);
  uint64_t acknowledged = 0;
  for (const auto& [key, request] : requests) {
    acknowledged += request.acknowledged ? 1 : 0;
    CheckRequest(key, request, FindDone(key, logs), report);
  }
  report.Count("requests recorded", requests.size());
  report.Count("requests acknowledged", acknowledged);
  for (const auto& log : logs) {
    for (const auto& [request_id, run] : log->runs()) {
      const bool asked = requests.contains({log->identity().area, request_id}) ||
                         log->service_requests().contains(request_id) ||
                         std::any_of(unrecorded.begin(), unrecorded.end(),
                                     [&, &id = request_id](const std::string& prefix) {
                                       return absl::StartsWith(id, prefix);
                                     });
      report.Expect("invented", asked, [&, &id = request_id, &run = run] {
        return Fault{Place{&log->identity(), 0, run.first}.text(), id, "was sent by nobody"};
      });
    }
  }
}

void CheckVersions(const std::vector<ClientRecord>& records, Report& report) {
  std::map<std::string, StreamCalls> streams;
  absl::flat_hash_map<std::string, int64_t> first_sent;
  for (const ClientRecord& record : records) {
    if (record.stream.empty() || record.outcome == Outcome::kRead) continue;
    const auto [sent, is_new] = first_sent.emplace(record.request_id, record.begin_us);
    if (!is_new) sent->second = std::min(sent->second, record.begin_us);
  }
  for (const ClientRecord& record : records) {
    if (record.stream.empty()) continue;
    StreamCalls& calls = streams[record.stream];
    if (record.outcome == Outcome::kAcknowledged && record.version) {
      calls.writes.push_back({&record, *record.version, first_sent[record.request_id]});
    }
    if (record.outcome == Outcome::kRead && record.end_us != 0) calls.reads.push_back(&record);
  }
  for (auto& [stream, calls] : streams) {
    CheckWrites(stream, calls.writes, report);
    for (const ClientRecord* read : calls.reads) CheckRead(stream, *read, calls.writes, report);
  }
}

}  // namespace pitlane::checker
