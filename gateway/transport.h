// A connection's bytes, in plaintext or through TLS.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "boost/asio/any_io_executor.hpp"
#include "boost/asio/buffer.hpp"
#include "boost/asio/ip/tcp.hpp"
#include "boost/asio/ssl/stream.hpp"

namespace pitlane::gateway {

using TlsStream = boost::asio::ssl::stream<boost::asio::ip::tcp::socket>;

// On one strand. At most one read and one write at a time; both end with an error after Close.
class Transport {
 public:
  using Handler = std::function<void(boost::system::error_code, size_t)>;

  static std::unique_ptr<Transport> Plain(boost::asio::ip::tcp::socket socket);
  static std::unique_ptr<Transport> Tls(std::shared_ptr<TlsStream> stream);
  virtual ~Transport() = default;

  // Some bytes, at least one.
  virtual void Read(boost::asio::mutable_buffer into, Handler handler) = 0;
  // All of them.
  virtual void Write(boost::asio::const_buffer bytes, Handler handler) = 0;
  // The other side sees the end of what was written.
  virtual void EndWrites() = 0;
  virtual void Close() = 0;
  virtual boost::asio::any_io_executor executor() = 0;
};

}  // namespace pitlane::gateway
