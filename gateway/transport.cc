#include "gateway/transport.h"

#include <utility>

#include "boost/asio/write.hpp"

namespace pitlane::gateway {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

class PlainTransport final : public Transport {
 public:
  explicit PlainTransport(tcp::socket socket) : socket_(std::move(socket)) {}

  void Read(boost::asio::mutable_buffer into, Handler handler) override {
    socket_.async_read_some(into, std::move(handler));
  }
  void Write(boost::asio::const_buffer bytes, Handler handler) override {
    boost::asio::async_write(socket_, bytes, std::move(handler));
  }
  void EndWrites() override {
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
  }
  void Close() override {
    error_code ignored;
    socket_.close(ignored);
  }
  boost::asio::any_io_executor executor() override { return socket_.get_executor(); }

 private:
  tcp::socket socket_;
};

class TlsTransport final : public Transport {
 public:
  explicit TlsTransport(std::shared_ptr<TlsStream> stream) : stream_(std::move(stream)) {}

  void Read(boost::asio::mutable_buffer into, Handler handler) override {
    stream_->async_read_some(into, std::move(handler));
  }
  void Write(boost::asio::const_buffer bytes, Handler handler) override {
    boost::asio::async_write(*stream_, bytes, std::move(handler));
  }
  // Without TLS's own farewell: every answer says where it ends.
  void EndWrites() override {
    error_code ignored;
    stream_->lowest_layer().shutdown(tcp::socket::shutdown_send, ignored);
  }
  void Close() override {
    error_code ignored;
    stream_->lowest_layer().close(ignored);
  }
  boost::asio::any_io_executor executor() override { return stream_->get_executor(); }

 private:
  std::shared_ptr<TlsStream> stream_;
};

}  // namespace

std::unique_ptr<Transport> Transport::Plain(tcp::socket socket) {
  return std::make_unique<PlainTransport>(std::move(socket));
}

std::unique_ptr<Transport> Transport::Tls(std::shared_ptr<TlsStream> stream) {
  return std::make_unique<TlsTransport>(std::move(stream));
}

}  // namespace pitlane::gateway
