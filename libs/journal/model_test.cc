// Random batches with save points, failures and restarts against plain maps.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <vector>

#include "libs/journal/journal.h"
#include "libs/journal/test_support.h"
#include "rocksdb/env.h"

namespace pitlane::journal {
namespace {

constexpr size_t kAll = 1u << 20;

struct Model {
  std::vector<Record> log;  // without chains
  std::map<std::string, uint64_t> versions;
  std::map<std::string, std::string> rows;
  std::map<std::string, uint64_t> cursors;
  std::map<std::string, StoredAnswer> requests;
  std::map<std::string, Snapshot> snapshots;
  std::map<std::string, std::string> secrets;
};

std::string AnyName() { return std::string(1, static_cast<char>('a' + *rc::gen::inRange(0, 4))); }

template <typename T>
std::optional<T> In(const std::map<std::string, T>& map, const std::string& key) {
  const auto it = map.find(key);
  return it == map.end() ? std::nullopt : std::optional<T>(it->second);
}

void ChangeOne(Batch& batch, Model& model) {
  const std::string name = AnyName();
  const auto number = static_cast<uint64_t>(*rc::gen::inRange(0, 100));
  const std::string text = std::to_string(number);
  switch (*rc::gen::inRange(0, 10)) {
    case 0:
    case 1:
    case 2: {
      const uint64_t version = model.versions[name];
      RC_ASSERT(batch.next_position() == model.log.size() + 1);
      RC_ASSERT(absl::IsAborted(batch.Append(name, version + 1, "never")));
      RC_ASSERT(batch.Append(name, version, text).ok());
      model.versions[name] = version + 1;
      model.log.push_back({model.log.size() + 1, name, version + 1, text, ""});
      break;
    }
    case 3:
      batch.PutView("v", name, text);
      model.rows[name] = text;
      break;
    case 4:
      batch.DeleteView("v", name);
      model.rows.erase(name);
      break;
    case 5:
      batch.PutCursor(name, number);
      model.cursors[name] = number;
      break;
    case 6:
      batch.PutRequest(name, {text, text, number});
      model.requests[name] = {text, text, number};
      break;
    case 7:
      batch.PutSnapshot(name, {number, 1, text});
      model.snapshots[name] = {number, 1, text};
      break;
    case 8:
      batch.PutSecret(name, text);
      model.secrets[name] = text;
      break;
    case 9: {
      // Rebuilt from scratch within the batch: the new generation has one row.
      const Generation generation = batch.BeginRebuild("v");
      batch.PutView("v", name, "rebuilt", generation);
      RC_ASSERT(batch.ActivateGeneration("v", generation).ok());
      model.rows = {{name, "rebuilt"}};
      break;
    }
  }
}

// Batch and Journal have the same reads.
template <typename Source>
void ExpectEqual(Source& source, const Model& model) {
  for (const std::string name : {"a", "b", "c", "d"}) {
    RC_ASSERT(source.StreamVersion(name).value() == In(model.versions, name).value_or(0));
    RC_ASSERT(source.GetView("v", name).value() == In(model.rows, name));
    RC_ASSERT(source.GetCursor(name).value() == In(model.cursors, name));
    RC_ASSERT(source.GetRequest(name).value() == In(model.requests, name));
    RC_ASSERT(source.GetSnapshot(name, 1).value() == In(model.snapshots, name));
    RC_ASSERT(source.GetSecret(name).value() == In(model.secrets, name));
    std::vector<Record> stream;
    for (const Record& record : model.log) {
      if (record.stream_id == name) stream.push_back(record);
    }
    auto records = source.ReadStream(name, 1, kAll).value();
    for (Record& record : records) record.chain.clear();
    RC_ASSERT(records == stream);
  }
  std::vector<Row> rows;
  for (const auto& [key, value] : model.rows) rows.push_back({key, value});
  RC_ASSERT(source.ScanView("v", {}).value().rows == rows);
}

void ExpectSound(Journal& journal, const Model& model) {
  ExpectEqual(journal, model);
  auto log = journal.ReadLog(1, kAll, kAll).value();
  for (Record& record : log) record.chain.clear();
  RC_ASSERT(log == model.log);
  const auto report = journal.Verify();
  RC_ASSERT(report.ok());
  RC_ASSERT(!report->fault.has_value());
}

RC_GTEST_PROP(JournalModel, AnyCommitsSavePointsAndRestartsThenItEqualsTheModel, ()) {
  const std::unique_ptr<rocksdb::Env> mem(rocksdb::NewMemEnv(rocksdb::Env::Default()));
  FaultyEnv env(mem.get());
  Options options = TestOptions("/store");
  options.env = &env;
  options.no_space_retry_interval = absl::ZeroDuration();
  auto journal = MustOpen(options);
  Model model;
  const int commits = *rc::gen::inRange(1, 8);
  for (int i = 0; i < commits; ++i) {
    Model pending = model;
    Batch batch = journal->NewBatch();
    std::vector<Model> saved;
    const int steps = *rc::gen::inRange(0, 16);
    for (int step = 0; step < steps; ++step) {
      switch (*rc::gen::inRange(0, 8)) {
        case 0:
          batch.SetSavePoint();
          saved.push_back(pending);
          break;
        case 1:
          if (saved.empty()) break;
          batch.RollbackToSavePoint();
          pending = saved.back();
          saved.pop_back();
          break;
        case 2:
          if (saved.empty()) break;
          batch.PopSavePoint();
          saved.pop_back();
          break;
        default:
          ChangeOne(batch, pending);
      }
    }
    ExpectEqual(batch, pending);
    const bool full = *rc::gen::inRange(0, 4) == 0 && !batch.empty();
    if (full) env.Set(FaultyEnv::Fault::kNoSpaceOnAppend);
    const absl::Status status = journal->Commit(std::move(batch));
    env.Set(FaultyEnv::Fault::kNone);
    RC_ASSERT((full ? absl::IsResourceExhausted(status) : status.ok()));
    if (!full) model = std::move(pending);
    ExpectEqual(*journal, model);
    if (*rc::gen::inRange(0, 4) == 0) {
      journal.reset();
      journal = MustOpen(options);
    }
  }
  ExpectSound(*journal, model);
  journal.reset();
  journal = MustOpen(options);
  ExpectSound(*journal, model);
}

}  // namespace
}  // namespace pitlane::journal
