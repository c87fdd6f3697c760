// Answers as bytes of HTTP/1.1, in the protocol that the request spoke.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gateway/http_request.h"
#include "gateway/methods.h"
#include "gateway/plan.h"
#include "grpcpp/support/status.h"

namespace pitlane::gateway {

// An answer of HTTP alone, with a short text for a reader.
std::string PlainAnswer(const HttpFault& fault, const Headers& headers, bool keep, absl::Time now);
// An answer without a body: 204.
std::string EmptyAnswer(const Headers& headers, bool keep, absl::Time now);

// A file, whose headers `headers` are; without its body when `whole` is false.
std::string FileAnswer(int status, const Headers& headers, std::string_view body, bool whole,
                       bool keep, absl::Time now);

// Metadata of a service as headers: binary values in base64 without padding. What belongs to
// gRPC, or to HTTP itself, is left out, and what would not be one header line.
Headers ToHeaders(const Headers& metadata);

// One answer. Not thread-safe; `plan` and `method` must outlive it.
//
// Framed protocols: Start, Message …, End. The others: Whole.
class AnswerWriter {
 public:
  struct Context {
    int http_version = 11;
    Headers headers;   // besides the service's, on every answer
    bool keep = true;  // the connection is good for another request
    absl::Time now;    // for the header `date`
  };

  AnswerWriter(const Plan& plan, const Method& method, Context context);

  // False when the end of the answer can only be shown by closing the connection.
  bool keeps_connection() const;

  std::string Start(const Headers& initial);
  // INTERNAL: the service's message has no JSON form.
  absl::StatusOr<std::string> Message(std::string_view binary);
  std::string End(const grpc::Status& status, const Headers& trailing);

  // `message` is binary, and ignored unless `status` is OK. The HTTP status is the one that Connect
  // gives to the code, unless `http_status` says otherwise.
  std::string Whole(const grpc::Status& status, const Headers& initial, std::string_view message,
                    const Headers& trailing, int http_status = 0);

 private:
  absl::StatusOr<std::string> Encode(std::string_view binary) const;
  std::string Frame(uint8_t flags, std::string_view data) const;
  std::string Chunk(std::string_view data) const;
  bool chunked() const { return context_.http_version == 11; }

  const Plan& plan_;
  const Method& method_;
  const Context context_;
};

}  // namespace pitlane::gateway
