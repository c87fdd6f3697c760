#include "libs/testing/memory_disk.h"

#include <atomic>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "libs/base/check.h"

namespace pitlane::testing {

// What of one file is on the disk for good; guarded by the disk's mutex. Shared by the open files
// of that name and the table of names.
struct SyncedBytes {
  // Files that are appended to: how much of them. Others: all of their bytes.
  uint64_t size = 0;
  bool whole = false;
  std::string bytes;
};

class MemoryDisk::Disk final : public rocksdb::EnvWrapper {
 public:
  explicit Disk(rocksdb::Env* memory) : EnvWrapper(memory) {}
  const char* Name() const override { return "MemoryDisk"; }

  rocksdb::Status NewWritableFile(const std::string& name,
                                  std::unique_ptr<rocksdb::WritableFile>* result,
                                  const rocksdb::EnvOptions& options) override {
    if (full_) return rocksdb::Status::NoSpace("the disk is full");
    const rocksdb::Status status = EnvWrapper::NewWritableFile(name, result, options);
    if (status.ok()) {
      *result =
          std::make_unique<AppendedFile>(*this, Track(name, /*fresh=*/true), std::move(*result));
    }
    return status;
  }
  rocksdb::Status ReopenWritableFile(const std::string& name,
                                     std::unique_ptr<rocksdb::WritableFile>* result,
                                     const rocksdb::EnvOptions& options) override {
    const rocksdb::Status status = EnvWrapper::ReopenWritableFile(name, result, options);
    if (status.ok()) {
      *result =
          std::make_unique<AppendedFile>(*this, Track(name, /*fresh=*/false), std::move(*result));
    }
    return status;
  }
  rocksdb::Status NewRandomRWFile(const std::string& name,
                                  std::unique_ptr<rocksdb::RandomRWFile>* result,
                                  const rocksdb::EnvOptions& options) override {
    const rocksdb::Status status = EnvWrapper::NewRandomRWFile(name, result, options);
    if (status.ok()) {
      *result = std::make_unique<RandomFile>(*this, name, Track(name, /*fresh=*/false),
                                             std::move(*result));
    }
    return status;
  }
  rocksdb::Status RenameFile(const std::string& from, const std::string& to) override {
    absl::MutexLock lock(&mutex_);
    const rocksdb::Status status = EnvWrapper::RenameFile(from, to);
    if (status.ok()) files_[to] = std::exchange(files_[from], nullptr);
    files_.erase(from);
    return status;
  }
  rocksdb::Status LinkFile(const std::string& from, const std::string& to) override {
    absl::MutexLock lock(&mutex_);
    const rocksdb::Status status = EnvWrapper::LinkFile(from, to);
    if (status.ok()) files_[to] = files_[from];
    return status;
  }
  rocksdb::Status DeleteFile(const std::string& name) override {
    absl::MutexLock lock(&mutex_);
    const rocksdb::Status status = EnvWrapper::DeleteFile(name);
    if (status.ok()) files_.erase(name);
    return status;
  }

  Image SyncedImage() {
    // One moment for all files: nothing is synced, renamed or deleted meanwhile.
    absl::MutexLock lock(&mutex_);
    Image image;
    for (const auto& [name, synced] : files_) {
      if (synced == nullptr) continue;
      std::string bytes = synced->whole ? synced->bytes : ReadAll(name);
      if (!synced->whole && bytes.size() > synced->size) bytes.resize(synced->size);
      image[name] = std::move(bytes);
    }
    return image;
  }

  void Restore(const Image& image) {
    std::vector<std::string> names;
    {
      absl::MutexLock lock(&mutex_);
      for (const auto& [name, synced] : files_) names.push_back(name);
    }
    for (const std::string& name : names) DeleteFile(name).PermitUncheckedError();
    for (const auto& [name, bytes] : image) {
      std::unique_ptr<rocksdb::WritableFile> file;
      PITLANE_CHECK(NewWritableFile(name, &file, rocksdb::EnvOptions()).ok()) << name;
      PITLANE_CHECK(file->Append(bytes).ok() && file->Sync().ok() && file->Close().ok()) << name;
    }
  }

  std::atomic<bool> full_{false};
  std::atomic<uint64_t> syncs_{0};

 private:
  class AppendedFile final : public rocksdb::WritableFileWrapper {
   public:
    AppendedFile(Disk& disk, std::shared_ptr<SyncedBytes> synced,
                 std::unique_ptr<rocksdb::WritableFile> file)
        : WritableFileWrapper(file.get()),
          disk_(disk),
          synced_(std::move(synced)),
          file_(std::move(file)) {}

    using WritableFileWrapper::Append;
    rocksdb::Status Append(const rocksdb::Slice& data) override {
      if (disk_.full_) return rocksdb::Status::NoSpace("the disk is full");
      return file_->Append(data);
    }
    rocksdb::Status Sync() override {
      if (disk_.full_) return rocksdb::Status::NoSpace("the disk is full");
      absl::MutexLock lock(&disk_.mutex_);
      // Before the sync: what is appended meanwhile is not promised.
      const uint64_t size = file_->GetFileSize();
      const rocksdb::Status status = file_->Sync();
      if (!status.ok()) return status;
      ++disk_.syncs_;
      synced_->size = size;
      return status;
    }
    rocksdb::Status Fsync() override { return Sync(); }

   private:
    Disk& disk_;
    const std::shared_ptr<SyncedBytes> synced_;
    std::unique_ptr<rocksdb::WritableFile> file_;
  };

  class RandomFile final : public rocksdb::RandomRWFile {
   public:
    RandomFile(Disk& disk, std::string name, std::shared_ptr<SyncedBytes> synced,
               std::unique_ptr<rocksdb::RandomRWFile> file)
        : disk_(disk), name_(std::move(name)), synced_(std::move(synced)), file_(std::move(file)) {}

    rocksdb::Status Write(uint64_t offset, const rocksdb::Slice& data) override {
      if (disk_.full_) return rocksdb::Status::NoSpace("the disk is full");
      return file_->Write(offset, data);
    }
    rocksdb::Status Read(uint64_t offset, size_t n, rocksdb::Slice* result,
                         char* scratch) const override {
      return file_->Read(offset, n, result, scratch);
    }
    rocksdb::Status Flush() override { return file_->Flush(); }
    rocksdb::Status Sync() override {
      absl::MutexLock lock(&disk_.mutex_);
      const rocksdb::Status status = file_->Sync();
      if (!status.ok()) return status;
      ++disk_.syncs_;
      synced_->whole = true;
      synced_->bytes = disk_.ReadAll(name_);
      return status;
    }
    rocksdb::Status Close() override { return file_->Close(); }

   private:
    Disk& disk_;
    const std::string name_;
    const std::shared_ptr<SyncedBytes> synced_;
    std::unique_ptr<rocksdb::RandomRWFile> file_;
  };

  std::shared_ptr<SyncedBytes> Track(const std::string& name, bool fresh) {
    absl::MutexLock lock(&mutex_);
    std::shared_ptr<SyncedBytes>& synced = files_[name];
    if (fresh || synced == nullptr) synced = std::make_shared<SyncedBytes>();
    return synced;
  }

  std::string ReadAll(const std::string& name) {
    std::string bytes;
    std::unique_ptr<rocksdb::SequentialFile> file;
    if (!NewSequentialFile(name, &file, rocksdb::EnvOptions()).ok()) return bytes;
    std::string buffer(1 << 16, '\0');
    rocksdb::Slice part;
    while (file->Read(buffer.size(), &part, buffer.data()).ok() && !part.empty()) {
      bytes.append(part.data(), part.size());
    }
    return bytes;
  }

  absl::Mutex mutex_;
  std::map<std::string, std::shared_ptr<SyncedBytes>> files_ ABSL_GUARDED_BY(mutex_);
};

MemoryDisk::MemoryDisk()
    : memory_(rocksdb::NewMemEnv(rocksdb::Env::Default())),
      disk_(std::make_unique<Disk>(memory_.get())) {}
MemoryDisk::~MemoryDisk() = default;

rocksdb::Env* MemoryDisk::env() { return disk_.get(); }
MemoryDisk::Image MemoryDisk::SyncedImage() { return disk_->SyncedImage(); }
void MemoryDisk::Restore(const Image& image) { disk_->Restore(image); }
void MemoryDisk::SetFull(bool full) { disk_->full_ = full; }
uint64_t MemoryDisk::syncs() const { return disk_->syncs_; }

}  // namespace pitlane::testing
