#include "tools/pitlane/csv.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"

namespace pitlane::tools {

std::string_view CsvRow::Get(std::string_view column) const {
  const auto found = std::find(columns_.begin(), columns_.end(), column);
  if (found == columns_.end()) return {};
  return fields_[static_cast<size_t>(found - columns_.begin())];
}

absl::StatusOr<CsvReader> CsvReader::Open(std::istream& input,
                                          const std::vector<std::string>& required) {
  CsvReader reader(input);
  ASSIGN_OR_RETURN(std::optional<std::vector<std::string>> header, reader.NextRecord());
  if (!header) {
    return absl::InvalidArgumentError("the file is empty; its first line must name the columns");
  }
  // A byte order mark is what spreadsheets put in front.
  if (header->front().rfind("\xEF\xBB\xBF", 0) == 0) header->front().erase(0, 3);
  for (const std::string& column : *header) {
    if (std::count(header->begin(), header->end(), column) > 1) {
      return absl::InvalidArgumentError(absl::StrCat("the column '", column, "' is there twice"));
    }
  }
  for (const std::string& column : required) {
    if (std::find(header->begin(), header->end(), column) == header->end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("the column '", column, "' is missing from the first line"));
    }
  }
  reader.columns_ = *std::move(header);
  return reader;
}

absl::StatusOr<std::optional<CsvRow>> CsvReader::Next() {
  ASSIGN_OR_RETURN(std::optional<std::vector<std::string>> fields, NextRecord());
  if (!fields) return std::nullopt;
  if (fields->size() != columns_.size()) {
    return absl::InvalidArgumentError(absl::StrCat("line ", record_line_, ": ", fields->size(),
                                                   " fields where the first line names ",
                                                   columns_.size()));
  }
  return CsvRow(columns_, *std::move(fields), record_line_);
}

absl::StatusOr<std::optional<std::vector<std::string>>> CsvReader::NextRecord() {
  std::vector<std::string> fields(1);
  bool quoted = false;
  bool any = false;
  record_line_ = line_;
  for (int c = input_->get(); c != std::istream::traits_type::eof(); c = input_->get()) {
    if (c == '\n') ++line_;
    if (quoted) {
      if (c != '"') {
        fields.back().push_back(static_cast<char>(c));
      } else if (input_->peek() == '"') {
        fields.back().push_back(static_cast<char>(input_->get()));
      } else {
        quoted = false;
      }
    } else if (c == '"' && fields.back().empty()) {
      quoted = true;
    } else if (c == ',') {
      fields.emplace_back();
    } else if (c == '\n') {
      if (fields.size() > 1 || !fields.front().empty()) return fields;
      record_line_ = line_;  // an empty line is no record
      continue;
    } else if (c != '\r') {
      fields.back().push_back(static_cast<char>(c));
    }
    any = true;
  }
  if (quoted) {
    return absl::InvalidArgumentError(
        absl::StrCat("line ", record_line_, ": a quote is opened and never closed"));
  }
  if (!any || (fields.size() == 1 && fields.front().empty())) return std::nullopt;
  return fields;
}

}  // namespace pitlane::tools
