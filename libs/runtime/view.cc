#include "libs/runtime/view.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"
#include "libs/runtime/aggregate.h"

namespace pitlane::runtime {
namespace {

journal::ScanOptions OfCurrent(const journal::ScanOptions& options) {
  journal::ScanOptions current = options;
  current.generation = journal::kCurrentGeneration;
  return current;
}

absl::Status RowDamaged(std::string_view view) {
  return rpc::DataLoss(
      absl::StrCat("a row of view ", ToAbsl(view), " does not decode; rebuild the view"));
}

}  // namespace

absl::StatusOr<IdPage> ViewReader::ScanIds(std::string_view view,
                                           const journal::ScanOptions& options) {
  ASSIGN_OR_RETURN(journal::ScanPage page, Scan(view, options));
  IdPage found{.ids = {}, .resume = std::move(page.resume)};
  for (const journal::Row& row : page.rows) {
    found.ids.push_back(row.key.substr(options.prefix.size()));
  }
  return found;
}

absl::Status ViewReader::Undecodable(std::string_view view) { return RowDamaged(view); }

absl::StatusOr<std::optional<std::string>> CommittedViews::Get(std::string_view view,
                                                               std::string_view key) {
  return reader_.GetView(view, key, journal::kCurrentGeneration);
}

absl::StatusOr<journal::ScanPage> CommittedViews::Scan(std::string_view view,
                                                       const journal::ScanOptions& options) {
  return reader_.ScanView(view, OfCurrent(options));
}

absl::Status CommittedViews::ForEach(std::string_view view, const journal::ScanOptions& options,
                                     journal::RowVisitor visitor) {
  return reader_.ForEachInView(view, OfCurrent(options), visitor);
}

void ViewWriter::Put(std::string_view key, std::string_view value) {
  batch_.PutView(view_, key, value, generation_);
}

void ViewWriter::Put(std::string_view key, const google::protobuf::Message& value) {
  Put(key, std::string_view(DeterministicBytes(value)));
}

void ViewWriter::Delete(std::string_view key) { batch_.DeleteView(view_, key, generation_); }

std::optional<std::string> ViewWriter::Get(std::string_view key) {
  auto value = batch_.GetView(view_, key, generation_);
  if (value.ok()) return *std::move(value);
  Fail(value.status());
  return std::nullopt;
}

journal::ScanPage ViewWriter::Scan(const journal::ScanOptions& options) {
  journal::ScanOptions own = options;
  own.generation = generation_;
  auto page = batch_.ScanView(view_, own);
  if (page.ok()) return *std::move(page);
  Fail(page.status());
  return {};
}

std::optional<std::string> ViewWriter::GetSecret(std::string_view name) {
  auto secret = batch_.GetSecret(name);
  if (secret.ok()) return *std::move(secret);
  Fail(secret.status());
  return std::nullopt;
}

void ViewWriter::FailUndecodable() { Fail(RowDamaged(view_)); }

void ViewWriter::Fail(const absl::Status& status) { status_.Update(status); }

}  // namespace pitlane::runtime
