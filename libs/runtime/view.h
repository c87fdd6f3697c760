// Reading and writing read models.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "libs/journal/journal.h"

namespace pitlane::runtime {

// What an index found: keys of a prefix and an id.
struct IdPage {
  std::vector<std::string> ids;
  std::optional<std::string> resume;  // nothing: that was all
};

// Rows of every view of the service. Inside a unit it sees what the batch holds so far; for a read
// RPC, the committed state its Reader was made at. Errors are the journal's: DATA_LOSS,
// UNAVAILABLE. Same thread as what it reads from.
class ViewReader {
 public:
  virtual ~ViewReader() = default;
  virtual absl::StatusOr<std::optional<std::string>> Get(std::string_view view,
                                                         std::string_view key) = 0;
  // options.generation is ignored: always the current one.
  virtual absl::StatusOr<journal::ScanPage> Scan(std::string_view view,
                                                 const journal::ScanOptions& options) = 0;
  virtual absl::Status ForEach(std::string_view view, const journal::ScanOptions& options,
                               journal::RowVisitor visitor) = 0;

  // A page of ids: what follows options.prefix in the keys.
  absl::StatusOr<IdPage> ScanIds(std::string_view view, const journal::ScanOptions& options);

  // The row as a message. DATA_LOSS when its bytes do not decode.
  template <class Message>
  absl::StatusOr<std::optional<Message>> GetMessage(std::string_view view, std::string_view key) {
    auto bytes = Get(view, key);
    if (!bytes.ok()) return bytes.status();
    if (!bytes->has_value()) return std::optional<Message>();
    Message message;
    if (!message.ParseFromString(**bytes)) return Undecodable(view);
    return std::optional<Message>(std::move(message));
  }

 private:
  static absl::Status Undecodable(std::string_view view);
};

// Rows as of a pinned state of the store.
class CommittedViews final : public ViewReader {
 public:
  // `reader` is borrowed.
  explicit CommittedViews(journal::Reader& reader) : reader_(reader) {}
  absl::StatusOr<std::optional<std::string>> Get(std::string_view view,
                                                 std::string_view key) override;
  absl::StatusOr<journal::ScanPage> Scan(std::string_view view,
                                         const journal::ScanOptions& options) override;
  absl::Status ForEach(std::string_view view, const journal::ScanOptions& options,
                       journal::RowVisitor visitor) override;

 private:
  journal::Reader& reader_;
};

// Rows of one generation of one view, for the projection that owns it. Sees what it has written.
// A projection cannot fail: when a read fails here, it is answered "absent" and the first error is
// kept in status(), which makes the whole unit fail. Executor's thread only.
class ViewWriter {
 public:
  // `batch` is borrowed; `view` must outlive the writer.
  ViewWriter(journal::Batch& batch, std::string_view view, journal::Generation generation)
      : batch_(batch), view_(view), generation_(generation) {}

  void Put(std::string_view key, std::string_view value);
  // Deterministic bytes of the message.
  void Put(std::string_view key, const google::protobuf::Message& value);
  void Delete(std::string_view key);

  std::optional<std::string> Get(std::string_view key);
  // Absent rows, and rows that do not decode (then status() is DATA_LOSS), are empty.
  template <class Message>
  std::optional<Message> GetMessage(std::string_view key) {
    std::optional<std::string> bytes = Get(key);
    if (!bytes.has_value()) return std::nullopt;
    Message message;
    if (!message.ParseFromString(*bytes)) {
      FailUndecodable();
      return std::nullopt;
    }
    return message;
  }
  // options.generation is ignored. An empty page after an error.
  journal::ScanPage Scan(const journal::ScanOptions& options);
  // Secrets are not rows, but what a projection may need to read an event's personal data. Absent
  // once the person is erased, also when a view is rebuilt later.
  std::optional<std::string> GetSecret(std::string_view name);

  // The first error, or OK.
  const absl::Status& status() const { return status_; }

 private:
  void FailUndecodable();
  void Fail(const absl::Status& status);

  journal::Batch& batch_;
  std::string_view view_;
  journal::Generation generation_;
  absl::Status status_;
};

}  // namespace pitlane::runtime
