#include "gateway/gzip.h"

#include <zlib.h>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/rpc/errors.h"

namespace pitlane::gateway {
namespace {

// zlib's flag for gzip's header and trailer around the deflated data.
constexpr int kGzipWindow = 15 + 16;
constexpr int kMemory = 8;
constexpr size_t kStep = 64 << 10;

Bytef* Input(std::string_view bytes) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
}

absl::Status NotGzip() {
  return rpc::Invalid("content-encoding", "says gzip, but what was sent is none or is cut off");
}

class Inflater {
 public:
  Inflater() { PITLANE_CHECK(inflateInit2(&stream_, kGzipWindow) == Z_OK) << "no memory"; }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  z_stream& stream() { return stream_; }

 private:
  z_stream stream_{};
};

}  // namespace

std::string Gzip(std::string_view bytes) {
  z_stream stream{};
  PITLANE_CHECK(deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzipWindow, kMemory,
                             Z_DEFAULT_STRATEGY) == Z_OK)
      << "no memory";
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = Input(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  PITLANE_CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END) << "the bound was no bound";
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

absl::StatusOr<std::string> Gunzip(std::string_view bytes, size_t max_bytes) {
  if (bytes.empty()) return std::string();
  Inflater inflater;
  z_stream& stream = inflater.stream();
  stream.next_in = Input(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  std::string step(kStep, '\0');
  while (true) {
    stream.next_out = reinterpret_cast<Bytef*>(step.data());
    stream.avail_out = static_cast<uInt>(step.size());
    const int result = inflate(&stream, Z_NO_FLUSH);
    out.append(step, 0, step.size() - stream.avail_out);
    if (out.size() > max_bytes) {
      return rpc::MakeError(
          absl::StatusCode::kResourceExhausted, common::v1::MESSAGE_TOO_LARGE,
          absl::StrCat("a message has more than ", max_bytes, " bytes when it is decompressed"));
    }
    if (result == Z_STREAM_END) {
      if (stream.avail_in == 0) return out;
      // Another member follows.
      if (inflateReset(&stream) != Z_OK) return NotGzip();
      continue;
    }
    if (result != Z_OK || (stream.avail_in == 0 && stream.avail_out != 0)) return NotGzip();
  }
}

}  // namespace pitlane::gateway
