// Reads CSV files with named columns (RFC 4180: quotes, doubled quotes, line breaks inside quotes).
#pragma once

#include <istream>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace pitlane::tools {

// One record by column name.
class CsvRow {
 public:
  CsvRow(const std::vector<std::string>& columns, std::vector<std::string> fields, int line)
      : columns_(columns), fields_(std::move(fields)), line_(line) {}

  // Line of the file on which the record begins, from 1.
  int line() const { return line_; }
  // Empty when the file has no such column.
  std::string_view Get(std::string_view column) const;
  const std::vector<std::string>& fields() const { return fields_; }

 private:
  const std::vector<std::string>& columns_;
  std::vector<std::string> fields_;
  int line_;
};

// Not thread-safe. Rows must not outlive the reader.
class CsvReader {
 public:
  // Reads the header. INVALID_ARGUMENT: no header, a column twice, or one of `required` missing.
  static absl::StatusOr<CsvReader> Open(std::istream& input,
                                        const std::vector<std::string>& required);

  const std::vector<std::string>& columns() const { return columns_; }
  // Line on which the record that was read last begins, also when it was refused.
  int line() const { return record_line_; }
  // The next record; empty at the end. INVALID_ARGUMENT with the line for a record with another
  // number of fields than the header, or a quote that does not end; reading may go on behind it.
  absl::StatusOr<std::optional<CsvRow>> Next();

 private:
  explicit CsvReader(std::istream& input) : input_(&input) {}
  absl::StatusOr<std::optional<std::vector<std::string>>> NextRecord();

  std::istream* input_;
  std::vector<std::string> columns_;
  int line_ = 1;         // the line that is read next
  int record_line_ = 1;  // on which the last record began
};

}  // namespace pitlane::tools
