#include "tests/checker/rocks_store.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "rocksdb/db.h"
#include "rocksdb/options.h"

namespace pitlane::checker {
namespace {

absl::Status FromRocks(const rocksdb::Status& status, const std::string& what) {
  if (status.ok()) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(what, ": ", status.ToString()));
}

class RocksStore final : public StoreReader {
 public:
  static absl::StatusOr<std::unique_ptr<RocksStore>> Open(const std::filesystem::path& folder) {
    std::unique_ptr<RocksStore> store(new RocksStore(folder.filename().string()));
    const std::string path = folder / "rocksdb";
    rocksdb::DBOptions options;
    std::vector<std::string> names;
    RETURN_IF_ERROR(FromRocks(rocksdb::DB::ListColumnFamilies(options, path, &names), path));
    std::vector<rocksdb::ColumnFamilyDescriptor> families;
    for (const std::string& name : names)
      families.emplace_back(name, rocksdb::ColumnFamilyOptions());
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* db = nullptr;
    RETURN_IF_ERROR(
        FromRocks(rocksdb::DB::OpenForReadOnly(options, path, families, &handles, &db), path));
    store->db_.reset(db);
    for (rocksdb::ColumnFamilyHandle* handle : handles) store->handles_[handle->GetName()] = handle;
    std::ifstream mark(folder / "high-water-mark", std::ios::binary);
    store->mark_.assign(std::istreambuf_iterator<char>(mark), {});
    return store;
  }
  ~RocksStore() override {
    for (const auto& [name, handle] : handles_) {
      db_->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
    }
  }

  const std::string& name() const override { return name_; }
  const std::string& high_water_mark() const override { return mark_; }

  absl::Status ForEach(std::string_view family, std::string_view prefix,
                       const RowFn& row) const override {
    const auto handle = handles_.find(family);
    if (handle == handles_.end()) {
      return absl::DataLossError(absl::StrCat(name_, " has no column family ", ToAbsl(family)));
    }
    rocksdb::ReadOptions options;
    options.total_order_seek = true;
    options.fill_cache = false;
    options.readahead_size = 1u << 20;
    const std::unique_ptr<rocksdb::Iterator> rows(db_->NewIterator(options, handle->second));
    for (rows->Seek(rocksdb::Slice(prefix.data(), prefix.size())); rows->Valid(); rows->Next()) {
      if (rows->key().ToStringView().substr(0, prefix.size()) != prefix) break;
      if (!row(rows->key().ToStringView(), rows->value().ToStringView())) return absl::OkStatus();
    }
    return FromRocks(rows->status(), absl::StrCat(name_, " ", ToAbsl(family)));
  }

 private:
  explicit RocksStore(std::string name) : name_(std::move(name)) {}

  const std::string name_;
  std::string mark_;
  std::unique_ptr<rocksdb::DB> db_;
  std::map<std::string, rocksdb::ColumnFamilyHandle*, std::less<>> handles_;
};

}  // namespace

absl::StatusOr<std::vector<std::unique_ptr<StoreReader>>> OpenStores(const std::string& data) {
  std::vector<std::filesystem::path> folders;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(data, error)) {
    if (std::filesystem::exists(entry.path() / "rocksdb")) folders.push_back(entry.path());
  }
  if (folders.empty()) return absl::NotFoundError(absl::StrCat("there is no store in ", data));
  std::sort(folders.begin(), folders.end());
  std::vector<std::unique_ptr<StoreReader>> stores;
  for (const std::filesystem::path& folder : folders) {
    ASSIGN_OR_RETURN(auto store, RocksStore::Open(folder));
    stores.push_back(std::move(store));
  }
  return stores;
}

}  // namespace pitlane::checker
