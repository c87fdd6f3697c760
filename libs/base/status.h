// Status macros shaped like the ones Abseil is going to have, so that these can go when it does.
#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define PITLANE_STATUS_CONCAT_INNER_(a, b) a##b
#define PITLANE_STATUS_CONCAT_(a, b) PITLANE_STATUS_CONCAT_INNER_(a, b)

// Evaluates `expr` (an absl::Status) and returns it from the enclosing function if it is an error.
#define RETURN_IF_ERROR(expr)                                                                 \
  do {                                                                                        \
    if (absl::Status pitlane_status_ = (expr); !pitlane_status_.ok()) return pitlane_status_; \
  } while (false)

// Evaluates `expr` (an absl::StatusOr<T>), returns its status if it is an error, otherwise moves
// the value into `lhs`, which may declare a variable.
#define ASSIGN_OR_RETURN(lhs, expr) \
  PITLANE_ASSIGN_OR_RETURN_IMPL_(PITLANE_STATUS_CONCAT_(status_or_, __LINE__), lhs, expr)

#define PITLANE_ASSIGN_OR_RETURN_IMPL_(statusor, lhs, expr) \
  auto statusor = (expr);                                   \
  if (!statusor.ok()) return std::move(statusor).status();  \
  lhs = std::move(statusor).value()
