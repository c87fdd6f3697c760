// A plain socket with just enough HTTP to see what a server really sends: for tests.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace pitlane::gateway::testing {

struct HttpAnswer {
  int status = 0;                                   // 0: the connection ended without an answer
  std::multimap<std::string, std::string> headers;  // names in lower case
  std::string body;                                 // without chunks
  bool complete = false;                            // came to its end

  // The first of that name; empty when there is none.
  std::string Header(const std::string& name) const;
};

// Not thread-safe. CHECKs that it can connect.
class HttpClient {
 public:
  // "127.0.0.1:1234".
  explicit HttpClient(const std::string& address);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // False when the other side has closed.
  bool Send(std::string_view bytes);
  // What comes until the answer is complete, the connection ends or `patience` does.
  HttpAnswer Receive(absl::Duration patience = absl::Seconds(10));
  // Of an answer that goes on: its head, and then its body until it has at least so many bytes.
  HttpAnswer ReceiveHead();
  std::string ReceiveBody(size_t bytes);
  // What comes until it is so many bytes, or nothing more comes; not taken from what follows.
  std::string PeekBytes(size_t bytes);
  // Whether the other side closes within `patience`.
  bool WaitForClose(absl::Duration patience = absl::Seconds(10));
  void Close();

  // A request in one go. `headers` are whole lines with their ends.
  HttpAnswer Post(std::string_view path, std::string_view content_type, std::string_view body,
                  std::string_view headers = {});
  HttpAnswer Get(std::string_view target, std::string_view headers = {});

 private:
  // False when nothing came in time, or nothing comes any more.
  bool ReceiveSome(absl::Time end);
  bool ParseHead(HttpAnswer& answer);
  // Moves chunks from the raw bytes; true at the last.
  bool TakeChunks(std::string& body);

  int socket_ = -1;
  std::string raw_;
  std::string streamed_;
  bool closed_ = false;
};

}  // namespace pitlane::gateway::testing
