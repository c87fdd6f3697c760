#include "libs/rpc/key_source.h"

#include <sys/stat.h>

#include <fstream>
#include <sstream>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/rpc/http_fetch.h"
#include "libs/rpc/log.h"

namespace pitlane::rpc {
namespace {

constexpr size_t kMaxKeySetBytes = 1 << 20;

absl::StatusOr<KeySet> ParseUsable(const std::string& text) {
  ASSIGN_OR_RETURN(KeySet keys, KeySet::Parse(text));
  if (keys.size() == 0) {
    return absl::InvalidArgumentError("no usable key: ES256 (EC P-256) or RS256 (RSA, 2048 bits)");
  }
  return keys;
}

void LogKeyTrouble(const std::string& source, const absl::Status& status) {
  LogEvent(spdlog::level::warn, "token_keys_not_renewed",
           {{"source", source}, {"reason", std::string(status.message())}});
}

// What tells one version of a file from the next.
struct FileStamp {
  int64_t seconds = 0;
  int64_t nanos = 0;
  int64_t bytes = 0;
  uint64_t inode = 0;
  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

absl::StatusOr<FileStamp> StampOf(const std::string& path) {
  struct stat info = {};
  if (stat(path.c_str(), &info) != 0) {
    return absl::NotFoundError(absl::StrCat("key set file ", path, " cannot be read"));
  }
  return FileStamp{info.st_mtim.tv_sec, info.st_mtim.tv_nsec, info.st_size, info.st_ino};
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) {
    return absl::NotFoundError(absl::StrCat("key set file ", path, " cannot be read"));
  }
  return text.str();
}

class FileKeySource final : public KeySource {
 public:
  FileKeySource(const TokenVerifierOptions& options, Clock& clock)
      : path_(options.jwks), wait_(options.unknown_key_wait), clock_(clock) {}

  absl::Status Load() {
    absl::MutexLock lock(&mutex_);
    checked_ = clock_.Now();
    return LoadLocked();
  }

  std::shared_ptr<const KeyReading> Current() override {
    absl::MutexLock lock(&mutex_);
    if (clock_.Now() - checked_ >= wait_) {
      checked_ = clock_.Now();
      Renew();
    }
    return reading_;
  }

  std::shared_ptr<const KeyReading> AfterUnknownKey() override {
    absl::MutexLock lock(&mutex_);
    if (clock_.Now() - unknown_ >= wait_) {
      unknown_ = clock_.Now();
      Renew();
    }
    return reading_;
  }

 private:
  void Renew() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const auto stamp = StampOf(path_);
    if (stamp.ok() && *stamp == stamp_) return;
    if (absl::Status status = LoadLocked(); !status.ok()) LogKeyTrouble(path_, status);
  }

  absl::Status LoadLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    ASSIGN_OR_RETURN(const FileStamp stamp, StampOf(path_));
    ASSIGN_OR_RETURN(const std::string text, ReadFile(path_));
    absl::StatusOr<KeySet> keys = ParseUsable(text);
    if (!keys.ok()) {
      return absl::InvalidArgumentError(absl::StrCat(path_, ": ", keys.status().message()));
    }
    stamp_ = stamp;
    reading_ = std::make_shared<const KeyReading>(KeyReading{*std::move(keys), ++generation_});
    return absl::OkStatus();
  }

  const std::string path_;
  const absl::Duration wait_;
  Clock& clock_;
  absl::Mutex mutex_;
  absl::Time checked_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  absl::Time unknown_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  FileStamp stamp_ ABSL_GUARDED_BY(mutex_);
  uint64_t generation_ ABSL_GUARDED_BY(mutex_) = 0;
  // Shared with the verifications under way.
  std::shared_ptr<const KeyReading> reading_ ABSL_GUARDED_BY(mutex_);
};

class UrlKeySource final : public KeySource {
 public:
  UrlKeySource(const TokenVerifierOptions& options, Clock& clock)
      : options_(options), clock_(clock), thread_([this] { Run(); }) {}

  ~UrlKeySource() override {
    {
      absl::MutexLock lock(&mutex_);
      stopping_ = true;
    }
    thread_.join();
  }

  std::shared_ptr<const KeyReading> Current() override {
    absl::MutexLock lock(&mutex_);
    const absl::Duration age = clock_.Now() - asked_;
    // Without any keys nobody can call us, so we ask more often than for one unknown key.
    const absl::Duration due = reading_ == nullptr ? options_.fetch_timeout
                               : failed_           ? options_.unknown_key_wait
                                                   : options_.max_key_age;
    if (age >= due) Ask();
    return reading_;
  }

  std::shared_ptr<const KeyReading> AfterUnknownKey() override {
    absl::MutexLock lock(&mutex_);
    if (clock_.Now() - unknown_ >= options_.unknown_key_wait) {
      unknown_ = clock_.Now();
      Ask();
    }
    return wanted_ ? nullptr : reading_;
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
      Store(HttpGet(options_.jwks, options_.fetch_timeout, kMaxKeySetBytes));
    }
  }

  void Store(const absl::StatusOr<std::string>& text) {
    absl::StatusOr<KeySet> keys = text.ok() ? ParseUsable(*text) : text.status();
    if (!keys.ok()) LogKeyTrouble(options_.jwks, keys.status());
    absl::MutexLock lock(&mutex_);
    wanted_ = false;
    failed_ = !keys.ok();
    if (failed_ || (reading_ != nullptr && *text == text_)) return;
    text_ = *text;
    reading_ = std::make_shared<const KeyReading>(KeyReading{*std::move(keys), ++generation_});
  }

  const TokenVerifierOptions options_;
  Clock& clock_;
  absl::Mutex mutex_;
  bool wanted_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool failed_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Time asked_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  absl::Time unknown_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  std::string text_ ABSL_GUARDED_BY(mutex_);
  uint64_t generation_ ABSL_GUARDED_BY(mutex_) = 0;
  // Shared with the verifications under way.
  std::shared_ptr<const KeyReading> reading_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<KeySource>> MakeKeySource(const TokenVerifierOptions& options,
                                                         Clock& clock) {
  if (absl::StartsWith(options.jwks, "http://") || absl::StartsWith(options.jwks, "https://")) {
    auto source = std::make_unique<UrlKeySource>(options, clock);
    source->Current();
    return source;
  }
  auto source = std::make_unique<FileKeySource>(options, clock);
  RETURN_IF_ERROR(source->Load());
  return source;
}

}  // namespace pitlane::rpc
