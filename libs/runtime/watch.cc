#include "libs/runtime/watch.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/rpc/errors.h"

namespace pitlane::runtime {
namespace {

constexpr size_t kPartRecords = 256;
constexpr size_t kPartBytes = 1u << 20;

}  // namespace

// A stretch of the log, decoded.
struct WatchHub::Part {
  std::vector<journal::Record> records;
  std::vector<std::unique_ptr<google::protobuf::Message>> events;

  // Index of the record behind `position`, if it is here.
  std::optional<size_t> After(uint64_t position) const {
    if (records.empty() || position + 1 < records.front().position) return std::nullopt;
    const size_t index = position + 1 - records.front().position;
    return index < records.size() ? std::optional<size_t>(index) : std::nullopt;
  }
};

WatchHub::WatchHub(journal::Journal& journal, const google::protobuf::Message& event_prototype,
                   size_t max_watchers)
    : journal_(journal), event_prototype_(event_prototype), max_watchers_(max_watchers) {
  subscription_ = journal_.OnCommit([this](uint64_t) { Wake(); });
}

WatchHub::~WatchHub() { Stop(); }

absl::StatusOr<uint64_t> WatchHub::Add(uint64_t position, std::shared_ptr<Watcher> watcher) {
  uint64_t id;
  {
    absl::MutexLock lock(&mutex_);
    if (stopped_) {
      return rpc::Unavailable(common::v1::NOT_SERVING, "the service is stopping; try again soon");
    }
    if (entries_.size() >= max_watchers_) {
      return rpc::Overloaded("too many streams are watching");
    }
    id = next_id_++;
    entries_.emplace(id, Entry{.position = position, .watcher = std::move(watcher)});
  }
  Wake();
  return id;
}

void WatchHub::Remove(uint64_t id) {
  std::shared_ptr<Watcher> watcher;
  absl::MutexLock lock(&mutex_);
  const auto it = entries_.find(id);
  if (it == entries_.end()) return;
  watcher = std::move(it->second.watcher);
  entries_.erase(it);
}

void WatchHub::Wake() {
  std::function<void()> wakeup;
  {
    absl::MutexLock lock(&mutex_);
    if (entries_.empty()) return;
    wakeup = wakeup_;
  }
  if (wakeup) wakeup();
}

void WatchHub::Stop() {
  std::map<uint64_t, Entry> ended;
  {
    absl::MutexLock lock(&mutex_);
    stopped_ = true;
    ended.swap(entries_);
  }
  for (const auto& [id, entry] : ended) {
    entry.watcher->OnEnd(
        rpc::Unavailable(common::v1::NOT_SERVING, "the service is stopping; try again soon"));
  }
}

size_t WatchHub::size() const {
  absl::MutexLock lock(&mutex_);
  return entries_.size();
}

size_t WatchHub::Step() {
  std::map<uint64_t, Entry> entries;
  {
    absl::MutexLock lock(&mutex_);
    entries = entries_;
  }
  size_t given = 0;
  Part part;
  for (auto& [id, entry] : entries) {
    const bool goes_on = Advance(entry, part, given);
    absl::MutexLock lock(&mutex_);
    const auto it = entries_.find(id);
    if (it == entries_.end()) continue;
    if (goes_on) {
      it->second = entry;
    } else {
      entries_.erase(it);
    }
  }
  return given;
}

bool WatchHub::Advance(Entry& entry, Part& part, size_t& given) {
  // A part at a time, so that one who reads the whole log does not keep the others waiting.
  for (size_t i = 0; i < kPartRecords && entry.position < journal_.last_position(); ++i) {
    if (!entry.watcher->HasRoom()) return true;
    std::optional<size_t> index = part.After(entry.position);
    if (!index.has_value()) {
      if (absl::Status read = ReadPart(entry.position, part); !read.ok()) {
        entry.watcher->OnEnd(read);
        return false;
      }
      index = part.After(entry.position);
      if (!index.has_value()) return true;
    }
    ++given;
    if (!entry.watcher->OnEvent({part.records[*index], *part.events[*index]})) return false;
    entry.position = part.records[*index].position;
    entry.caught_up = false;
  }
  if (entry.caught_up || entry.position < journal_.last_position()) return true;
  entry.caught_up = true;
  return entry.watcher->OnCaughtUp();
}

absl::Status WatchHub::ReadPart(uint64_t position, Part& part) {
  part.events.clear();
  ASSIGN_OR_RETURN(part.records, journal_.ReadLog(position + 1, kPartRecords, kPartBytes));
  for (const journal::Record& record : part.records) {
    part.events.emplace_back(event_prototype_.New());
    if (!part.events.back()->ParseFromString(record.payload)) {
      return rpc::DataLoss(absl::StrCat("the event at position ", record.position,
                                        " does not decode; verify the journal"));
    }
  }
  return absl::OkStatus();
}

void WatchHub::SetWakeup(std::function<void()> wakeup) {
  absl::MutexLock lock(&mutex_);
  wakeup_ = std::move(wakeup);
}

namespace internal {

absl::Status FuturePosition(uint64_t asked, uint64_t last) {
  return rpc::Invalid("after_position", absl::StrCat("position ", asked,
                                                     " is not there yet; the last one is ", last));
}

}  // namespace internal

}  // namespace pitlane::runtime
