// What the journal's tests share: folders that go away, crash images, a disk that fails on demand.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/base/status_matchers.h"
#include "libs/journal/journal.h"
#include "rocksdb/env.h"

namespace pitlane::journal {

// A folder on the disk that is removed with everything in it.
class TempFolder {
 public:
  TempFolder() {
    std::string name = ::testing::TempDir() + "/journal-XXXXXX";
    path_ = ::mkdtemp(name.data());
  }
  ~TempFolder() { std::filesystem::remove_all(path_); }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }

 private:
  std::string path_;
};

inline Options TestOptions(std::string path) {
  Options options;
  options.path = std::move(path);
  options.identity = {.service = "ticket"};
  options.block_cache_bytes = 1u << 20;
  options.write_buffer_bytes = 1u << 20;
  options.max_wal_bytes = 1u << 20;
  return options;
}

inline std::unique_ptr<Journal> MustOpen(Options options) {
  auto journal = Journal::Open(std::move(options));
  EXPECT_THAT(journal, IsOk());
  return journal.ok() ? *std::move(journal) : nullptr;
}

// Commits events "<stream>/<version>" on a stream, each in a commit of its own.
inline void CommitEvents(Journal& journal, const std::string& stream, int count) {
  for (int i = 0; i < count; ++i) {
    Batch batch = journal.NewBatch();
    const auto version = batch.StreamVersion(stream);
    ASSERT_THAT(version, IsOk());
    ASSERT_THAT(batch.Append(stream, *version, absl::StrCat(stream, "/", *version + 1)), IsOk());
    ASSERT_THAT(journal.Commit(std::move(batch)), IsOk());
  }
}

inline std::vector<std::string> FilesUnder(const std::string& folder, std::string_view suffix) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::string path = entry.path().string();
    const bool matches = path.size() >= suffix.size() &&
                         path.compare(path.size() - suffix.size(), suffix.size(), suffix) == 0;
    if (entry.is_regular_file() && matches) files.push_back(path);
  }
  std::sort(files.begin(), files.end());
  return files;
}

// The files of a store that is open, as a crash of its process would leave them.
inline void CopyAsAfterCrash(const std::string& from, const std::string& to) {
  const auto listing = [&] {
    std::vector<std::pair<std::string, uintmax_t>> files;
    for (const std::string& file : FilesUnder(from, "")) {
      std::error_code gone;
      files.emplace_back(file, std::filesystem::file_size(file, gone));
    }
    return files;
  };
  // Again from the start when RocksDB was still tidying up meanwhile: a crash is one moment.
  while (true) {
    const auto before = listing();
    std::error_code gone;
    std::filesystem::copy(from, to, std::filesystem::copy_options::recursive, gone);
    if (!gone && listing() == before) return;
    std::filesystem::remove_all(to);
  }
}

inline std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline void WriteFile(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

// The largest write-ahead log of a store: the one with the commits.
inline std::string WalOf(const std::string& store) {
  std::string largest;
  for (const std::string& file : FilesUnder(store + "/rocksdb", ".log")) {
    if (largest.empty() || std::filesystem::file_size(file) > std::filesystem::file_size(largest)) {
      largest = file;
    }
  }
  return largest;
}

// Passes everything on to another Env, until it is told to fail.
class FaultyEnv final : public rocksdb::EnvWrapper {
 public:
  enum class Fault {
    kNone,
    kNoSpaceOnAppend,
    kNoSpaceOnCreate,
    kNoSpaceOnSync,
    kLowSpace,
    kWalSync,
    kMarkWrite,
    kTables,
  };

  explicit FaultyEnv(rocksdb::Env* target) : EnvWrapper(target) {}
  const char* Name() const override { return "FaultyEnv"; }

  void Set(Fault fault) { fault_ = fault; }

  rocksdb::Status NewWritableFile(const std::string& name,
                                  std::unique_ptr<rocksdb::WritableFile>* result,
                                  const rocksdb::EnvOptions& options) override {
    if (fault_ == Fault::kNoSpaceOnCreate) return rocksdb::Status::NoSpace("injected");
    auto status = EnvWrapper::NewWritableFile(name, result, options);
    if (status.ok()) *result = std::make_unique<File>(*this, name, std::move(*result));
    return status;
  }

  rocksdb::Status GetFreeSpace(const std::string& path, uint64_t* free_bytes) override {
    if (fault_ != Fault::kLowSpace) return EnvWrapper::GetFreeSpace(path, free_bytes);
    *free_bytes = 1000;
    return rocksdb::Status::OK();
  }

  rocksdb::Status NewRandomRWFile(const std::string& name,
                                  std::unique_ptr<rocksdb::RandomRWFile>* result,
                                  const rocksdb::EnvOptions& options) override {
    auto status = EnvWrapper::NewRandomRWFile(name, result, options);
    if (status.ok()) *result = std::make_unique<RandomFile>(*this, std::move(*result));
    return status;
  }

 private:
  class File final : public rocksdb::WritableFileWrapper {
   public:
    File(FaultyEnv& env, const std::string& name, std::unique_ptr<rocksdb::WritableFile> file)
        : WritableFileWrapper(file.get()),
          env_(env),
          is_wal_(EndsWith(name, ".log")),
          is_table_(EndsWith(name, ".sst")),
          file_(std::move(file)) {}

    using WritableFileWrapper::Append;
    rocksdb::Status Append(const rocksdb::Slice& data) override {
      if (env_.NoSpaceForData()) {
        // As a real disk does: what still fits is written.
        file_->Append(rocksdb::Slice(data.data(), data.size() / 2)).PermitUncheckedError();
        return rocksdb::Status::NoSpace("injected");
      }
      if (is_table_ && env_.fault_ == Fault::kTables) return rocksdb::Status::IOError("injected");
      return file_->Append(data);
    }
    rocksdb::Status Sync() override { return SyncFault() ? *SyncFault() : file_->Sync(); }
    rocksdb::Status Fsync() override { return SyncFault() ? *SyncFault() : file_->Fsync(); }

   private:
    static bool EndsWith(const std::string& name, const std::string& end) {
      return absl::EndsWith(name, end);
    }
    std::optional<rocksdb::Status> SyncFault() const {
      const Fault fault = env_.fault_;
      if (env_.NoSpaceForData() || fault == Fault::kNoSpaceOnSync) {
        return rocksdb::Status::NoSpace("injected");
      }
      if (is_wal_ && fault == Fault::kWalSync) return rocksdb::Status::IOError("injected");
      return std::nullopt;
    }

    FaultyEnv& env_;
    const bool is_wal_;
    const bool is_table_;
    std::unique_ptr<rocksdb::WritableFile> file_;
  };

  class RandomFile final : public rocksdb::RandomRWFile {
   public:
    RandomFile(FaultyEnv& env, std::unique_ptr<rocksdb::RandomRWFile> file)
        : env_(env), file_(std::move(file)) {}
    rocksdb::Status Write(uint64_t offset, const rocksdb::Slice& data) override {
      if (env_.fault_ == Fault::kMarkWrite) return rocksdb::Status::IOError("injected");
      return file_->Write(offset, data);
    }
    rocksdb::Status Read(uint64_t offset, size_t n, rocksdb::Slice* result,
                         char* scratch) const override {
      return file_->Read(offset, n, result, scratch);
    }
    rocksdb::Status Flush() override { return file_->Flush(); }
    rocksdb::Status Sync() override { return file_->Sync(); }
    rocksdb::Status Close() override { return file_->Close(); }

   private:
    FaultyEnv& env_;
    std::unique_ptr<rocksdb::RandomRWFile> file_;
  };

  bool NoSpaceForData() const {
    const Fault fault = fault_;
    return fault == Fault::kNoSpaceOnAppend || fault == Fault::kNoSpaceOnCreate;
  }

  std::atomic<Fault> fault_{Fault::kNone};
};

}  // namespace pitlane::journal
