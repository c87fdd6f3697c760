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
    if (rocksdb::Status fault = Fault(Operation::kCreate, name); !fault.ok()) return fault;
    const rocksdb::Status status = EnvWrapper::NewWritableFile(name, result, options);
    if (status.ok()) {
      *result = std::make_unique<AppendedFile>(*this, name, Track(name, /*fresh=*/true),
                                               std::move(*result));
    }
    return status;
  }
  rocksdb::Status ReopenWritableFile(const std::string& name,
                                     std::unique_ptr<rocksdb::WritableFile>* result,
                                     const rocksdb::EnvOptions& options) override {
    const rocksdb::Status status = EnvWrapper::ReopenWritableFile(name, result, options);
    if (status.ok()) {
      *result = std::make_unique<AppendedFile>(*this, name, Track(name, /*fresh=*/false),
                                               std::move(*result));
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

  Image CutImage(const LeftFn& left) {
    // One moment for all files: nothing is synced, renamed or deleted meanwhile.
    absl::MutexLock lock(&mutex_);
    Image image;
    for (const auto& [name, synced] : files_) {
      if (synced == nullptr) continue;
      std::string now = ReadAll(name);
      std::string safe = synced->whole ? synced->bytes : now.substr(0, synced->size);
      image[name] = safe == now ? std::move(safe) : left(name, safe, now);
    }
    return image;
  }

  void Schedule(void (*work)(void*), void* argument, Priority priority, void* tag,
                void (*unschedule)(void*)) override {
    auto job = std::make_unique<Job>(Job{this, work, unschedule, argument});
    {
      absl::MutexLock lock(&jobs_mutex_);
      ++jobs_;
    }
    EnvWrapper::Schedule(&Job::Run, job.release(), priority, tag, &Job::GiveUp);
  }

  uint64_t NowMicros() override { return now_micros_ ? now_micros_() : EnvWrapper::NowMicros(); }

  void AwaitBackgroundWork() {
    absl::MutexLock lock(&jobs_mutex_);
    const auto none = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(jobs_mutex_) { return jobs_ == 0; };
    jobs_mutex_.Await(absl::Condition(&none));
  }

  rocksdb::Status Fault(Operation operation, const std::string& name) {
    return fault_ ? fault_(operation, name) : rocksdb::Status::OK();
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
  FaultFn fault_;
  std::function<uint64_t()> now_micros_;

 private:
  // A piece of RocksDB's background work, which may schedule the next one.
  struct Job {
    static void Run(void* self) {
      const std::unique_ptr<Job> job(static_cast<Job*>(self));
      job->work(job->argument);
      job->disk->JobDone();
    }
    static void GiveUp(void* self) {
      const std::unique_ptr<Job> job(static_cast<Job*>(self));
      if (job->unschedule != nullptr) job->unschedule(job->argument);
      job->disk->JobDone();
    }

    Disk* disk;
    void (*work)(void*);
    void (*unschedule)(void*);
    void* argument;
  };

  void JobDone() {
    absl::MutexLock lock(&jobs_mutex_);
    --jobs_;
  }

  class AppendedFile final : public rocksdb::WritableFileWrapper {
   public:
    AppendedFile(Disk& disk, std::string name, std::shared_ptr<SyncedBytes> synced,
                 std::unique_ptr<rocksdb::WritableFile> file)
        : WritableFileWrapper(file.get()),
          disk_(disk),
          name_(std::move(name)),
          synced_(std::move(synced)),
          file_(std::move(file)) {}

    using WritableFileWrapper::Append;
    rocksdb::Status Append(const rocksdb::Slice& data) override {
      if (disk_.full_) return rocksdb::Status::NoSpace("the disk is full");
      if (rocksdb::Status fault = disk_.Fault(Operation::kAppend, name_); !fault.ok()) return fault;
      return file_->Append(data);
    }
    rocksdb::Status Sync() override {
      if (disk_.full_) return rocksdb::Status::NoSpace("the disk is full");
      if (rocksdb::Status fault = disk_.Fault(Operation::kSync, name_); !fault.ok()) return fault;
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
    const std::string name_;
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
      if (rocksdb::Status fault = disk_.Fault(Operation::kWrite, name_); !fault.ok()) return fault;
      return file_->Write(offset, data);
    }
    rocksdb::Status Read(uint64_t offset, size_t n, rocksdb::Slice* result,
                         char* scratch) const override {
      return file_->Read(offset, n, result, scratch);
    }
    rocksdb::Status Flush() override { return file_->Flush(); }
    rocksdb::Status Sync() override {
      if (rocksdb::Status fault = disk_.Fault(Operation::kSync, name_); !fault.ok()) return fault;
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
  absl::Mutex jobs_mutex_;
  size_t jobs_ ABSL_GUARDED_BY(jobs_mutex_) = 0;
};

MemoryDisk::MemoryDisk()
    : memory_(rocksdb::NewMemEnv(rocksdb::Env::Default())),
      disk_(std::make_unique<Disk>(memory_.get())) {}
// A job may have done its work, for whoever waits for that, and not have counted itself yet.
MemoryDisk::~MemoryDisk() { disk_->AwaitBackgroundWork(); }

rocksdb::Env* MemoryDisk::env() { return disk_.get(); }
MemoryDisk::Image MemoryDisk::SyncedImage() {
  return disk_->CutImage(
      [](const std::string&, const std::string& synced, const std::string&) { return synced; });
}
MemoryDisk::Image MemoryDisk::CutImage(const LeftFn& left) { return disk_->CutImage(left); }
void MemoryDisk::Restore(const Image& image) { disk_->Restore(image); }
void MemoryDisk::SetFull(bool full) { disk_->full_ = full; }
uint64_t MemoryDisk::syncs() const { return disk_->syncs_; }
void MemoryDisk::SetFault(FaultFn fault) { disk_->fault_ = std::move(fault); }
void MemoryDisk::SetNowMicros(std::function<uint64_t()> now_micros) {
  disk_->now_micros_ = std::move(now_micros);
}
void MemoryDisk::AwaitBackgroundWork() { disk_->AwaitBackgroundWork(); }

}  // namespace pitlane::testing
