#include "libs/rpc/document_source.h"

#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/rpc/http_fetch.h"
#include "libs/rpc/log.h"

namespace pitlane::rpc {
namespace {

constexpr size_t kMaxDocumentBytes = 1 << 20;

using Reading = DocumentText::Reading;

void LogTrouble(const DocumentPlace& place, const absl::Status& status) {
  LogEvent(spdlog::level::warn, "document_not_renewed",
           {{"document", place.what},
            {"source", place.path_or_url},
            {"reason", std::string(status.message())}});
}

// What tells one version of a file from the next.
struct FileStamp {
  int64_t seconds = 0;
  int64_t nanos = 0;
  int64_t bytes = 0;
  uint64_t inode = 0;
  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

absl::Status CannotBeRead(const DocumentPlace& place) {
  return absl::NotFoundError(
      absl::StrCat(place.what, " file ", place.path_or_url, " cannot be read"));
}

absl::StatusOr<FileStamp> StampOf(const DocumentPlace& place) {
  struct stat info = {};
  if (stat(place.path_or_url.c_str(), &info) != 0) return CannotBeRead(place);
  return FileStamp{info.st_mtim.tv_sec, info.st_mtim.tv_nsec, info.st_size, info.st_ino};
}

absl::StatusOr<std::string> ReadFile(const DocumentPlace& place) {
  std::ifstream file(place.path_or_url, std::ios::binary);
  if (!file) return CannotBeRead(place);
  std::ostringstream text;
  // An empty file sets failbit on what it is copied to, and is no trouble.
  if (file.peek() != std::ifstream::traits_type::eof() && !(text << file.rdbuf())) {
    return CannotBeRead(place);
  }
  return text.str();
}

class FileDocument final : public DocumentText {
 public:
  FileDocument(DocumentPlace place, Check check, Clock& clock)
      : place_(std::move(place)), check_(std::move(check)), clock_(clock) {}

  absl::Status Load() {
    absl::MutexLock lock(&mutex_);
    looked_ = clock_.Now();
    return LoadLocked();
  }

  std::shared_ptr<const Reading> Latest() override {
    absl::MutexLock lock(&mutex_);
    if (clock_.Now() - looked_ >= place_.max_age) {
      looked_ = clock_.Now();
      Renew();
    }
    return reading_;
  }

  std::shared_ptr<const Reading> Renewed() override {
    absl::MutexLock lock(&mutex_);
    if (clock_.Now() - renewed_ >= place_.renewal_wait) {
      renewed_ = clock_.Now();
      Renew();
    }
    return reading_;
  }

  bool out_of_reach() override { return false; }

 private:
  void Renew() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const auto stamp = StampOf(place_);
    if (stamp.ok() && *stamp == stamp_) return;
    if (absl::Status status = LoadLocked(); !status.ok()) LogTrouble(place_, status);
  }

  absl::Status LoadLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    ASSIGN_OR_RETURN(const FileStamp stamp, StampOf(place_));
    ASSIGN_OR_RETURN(std::string text, ReadFile(place_));
    if (const absl::Status status = check_(text); !status.ok()) {
      return absl::InvalidArgumentError(absl::StrCat(place_.path_or_url, ": ", status.message()));
    }
    stamp_ = stamp;
    reading_ = std::make_shared<const Reading>(Reading{std::move(text), ++generation_});
    return absl::OkStatus();
  }

  const DocumentPlace place_;
  const Check check_;
  Clock& clock_;
  absl::Mutex mutex_;
  absl::Time looked_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  absl::Time renewed_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  FileStamp stamp_ ABSL_GUARDED_BY(mutex_);
  uint64_t generation_ ABSL_GUARDED_BY(mutex_) = 0;
  std::shared_ptr<const Reading> reading_ ABSL_GUARDED_BY(mutex_);  // shared with its users
};

class UrlDocument final : public DocumentText {
 public:
  UrlDocument(DocumentPlace place, Check check, Clock& clock)
      : place_(std::move(place)),
        check_(std::move(check)),
        clock_(clock),
        thread_([this] { Run(); }) {}

  ~UrlDocument() override {
    {
      absl::MutexLock lock(&mutex_);
      stopping_ = true;
    }
    thread_.join();
  }

  std::shared_ptr<const Reading> Latest() override {
    absl::MutexLock lock(&mutex_);
    const absl::Duration age = clock_.Now() - asked_;
    // Without any document nobody can call us, so we ask more often than after one failure.
    const absl::Duration due = reading_ == nullptr ? place_.fetch_timeout
                               : failed_           ? std::min(place_.renewal_wait, place_.max_age)
                                                   : place_.max_age;
    if (age >= due) Ask();
    return reading_;
  }

  std::shared_ptr<const Reading> Renewed() override {
    absl::MutexLock lock(&mutex_);
    if (clock_.Now() - renewed_ >= place_.renewal_wait) {
      renewed_ = clock_.Now();
      Ask();
    }
    return wanted_ ? nullptr : reading_;
  }

  bool out_of_reach() override {
    absl::MutexLock lock(&mutex_);
    return failed_;
  }

 private:
  void Ask() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    asked_ = clock_.Now();
    wanted_ = true;
  }

  void Run() {
    while (true) {
      {
        absl::MutexLock lock(&mutex_);
        const auto awake = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
          return wanted_ || stopping_;
        };
        mutex_.Await(absl::Condition(&awake));
        if (stopping_) return;
      }
      Store(HttpGet(place_.path_or_url, place_.fetch_timeout, kMaxDocumentBytes));
    }
  }

  void Store(const absl::StatusOr<std::string>& text) {
    const absl::Status status = text.ok() ? check_(*text) : text.status();
    if (!status.ok()) LogTrouble(place_, status);
    absl::MutexLock lock(&mutex_);
    wanted_ = false;
    failed_ = !status.ok();
    if (failed_ || (reading_ != nullptr && *text == reading_->text)) return;
    reading_ = std::make_shared<const Reading>(Reading{*text, ++generation_});
  }

  const DocumentPlace place_;
  const Check check_;
  Clock& clock_;
  absl::Mutex mutex_;
  bool wanted_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool failed_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Time asked_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  absl::Time renewed_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  uint64_t generation_ ABSL_GUARDED_BY(mutex_) = 0;
  std::shared_ptr<const Reading> reading_ ABSL_GUARDED_BY(mutex_);  // shared with its users
  std::thread thread_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<DocumentText>> DocumentText::Open(DocumentPlace place, Check check,
                                                                 Clock& clock) {
  if (absl::StartsWith(place.path_or_url, "http://") ||
      absl::StartsWith(place.path_or_url, "https://")) {
    auto document = std::make_unique<UrlDocument>(std::move(place), std::move(check), clock);
    document->Latest();
    return document;
  }
  auto document = std::make_unique<FileDocument>(std::move(place), std::move(check), clock);
  RETURN_IF_ERROR(document->Load());
  return document;
}

}  // namespace pitlane::rpc
