#include "tests/checker/formats.h"

#include <charconv>

#include "libs/base/text.h"

namespace pitlane::checker {
namespace {

constexpr char kFormat = 1;
constexpr std::string_view kMarkMagic = "pitlane-high-water-mark\n";
constexpr size_t kSlotBytes = 512;
constexpr size_t kSlotDistance = 4096;

// Takes things off the front of some bytes; once something was missing, `ok` stays false.
class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : rest_(bytes) {}

  bool ok() const { return ok_; }
  std::string_view rest() const { return rest_; }

  std::string_view Bytes(uint64_t size) {
    if (!ok_ || rest_.size() < size) return Fail();
    const std::string_view bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return bytes;
  }
  void Expect(std::string_view bytes) {
    if (Bytes(bytes.size()) != bytes) Fail();
  }
  uint64_t Fixed(size_t size) {
    uint64_t value = 0;
    for (const char byte : Bytes(size)) value = value << 8 | static_cast<unsigned char>(byte);
    return value;
  }
  uint32_t Be32() { return static_cast<uint32_t>(Fixed(4)); }
  uint64_t Varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const std::string_view byte = Bytes(1);
      if (!ok_) return 0;
      const auto bits = static_cast<unsigned char>(byte[0]);
      value |= static_cast<uint64_t>(bits & 0x7f) << shift;
      if (bits < 0x80) return value;
    }
    Fail();
    return 0;
  }

 private:
  std::string_view Fail() {
    ok_ = false;
    return {};
  }

  std::string_view rest_;
  bool ok_ = true;
};

std::string Be64(uint64_t value) {
  std::string bytes(8, '\0');
  for (size_t i = 8; i-- > 0; value >>= 8) bytes[i] = static_cast<char>(value & 0xff);
  return bytes;
}

int CrockfordDigit(char c) {
  constexpr std::string_view kDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const size_t digit = kDigits.find(c);
  return digit == std::string_view::npos ? -1 : static_cast<int>(digit);
}

template <class Number>
bool ReadDecimal(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

std::optional<std::pair<uint64_t, Mark>> ReadSlot(std::string_view slot) {
  Cursor cursor(slot);
  cursor.Expect(kMarkMagic);
  cursor.Be32();
  const uint64_t sequence = cursor.Fixed(8);
  cursor.Fixed(8);
  Mark mark;
  mark.position = cursor.Fixed(8);
  mark.chain = std::string(cursor.Bytes(kChainBytes));
  cursor.Bytes(1);
  const size_t size = slot.size() - cursor.rest().size();
  if (cursor.Bytes(32) != Sha256(slot.substr(0, size)) || !cursor.ok()) return std::nullopt;
  return std::make_pair(sequence, mark);
}

}  // namespace

std::optional<uint64_t> ReadBe64(std::string_view bytes) {
  if (bytes.size() != 8) return std::nullopt;
  return Cursor(bytes).Fixed(8);
}

std::optional<LogValue> ReadLogValue(std::string_view value) {
  Cursor cursor(value);
  LogValue record;
  cursor.Expect({&kFormat, 1});
  record.chain = cursor.Bytes(kChainBytes);
  record.body = cursor.rest();
  record.stream = cursor.Bytes(cursor.Varint());
  record.version = cursor.Varint();
  record.payload = cursor.rest();
  if (!cursor.ok() || record.stream.empty() || record.version == 0) return std::nullopt;
  return record;
}

std::string ChainOf(std::string_view previous, uint64_t position, std::string_view body) {
  Sha256Hasher hasher;
  hasher.Update(previous);
  hasher.Update(Be64(position));
  hasher.Update({&kFormat, 1});
  hasher.Update(body);
  return hasher.Finish();
}

std::optional<IndexKey> ReadIndexKey(std::string_view key) {
  if (key.size() < 10 || key[key.size() - 9] != '\0') return std::nullopt;
  const size_t size = key.size() - 9;
  return IndexKey{key.substr(0, size), *ReadBe64(key.substr(size + 1))};
}

std::optional<RequestValue> ReadRequestValue(std::string_view value) {
  Cursor cursor(value);
  RequestValue request;
  cursor.Expect({&kFormat, 1});
  request.position = cursor.Varint();
  request.fingerprint = cursor.Bytes(cursor.Varint());
  request.answer = cursor.rest();
  if (!cursor.ok()) return std::nullopt;
  return request;
}

std::optional<Identity> ReadIdentity(std::string_view value) {
  Cursor cursor(value);
  Identity identity;
  identity.format = cursor.Be32();
  identity.shard = cursor.Be32();
  identity.shard_count = cursor.Be32();
  identity.partition_count = cursor.Be32();
  identity.area = std::string(cursor.rest());
  const bool sensible = cursor.ok() && identity.format == 1 && identity.shard_count > 0 &&
                        identity.partition_count > 0 && identity.shard < identity.shard_count &&
                        identity.partition_count % identity.shard_count == 0;
  if (!sensible) return std::nullopt;
  return identity;
}

std::optional<Mark> ReadMark(std::string_view file) {
  std::optional<std::pair<uint64_t, Mark>> newest;
  for (size_t at = 0; at + kSlotBytes <= file.size(); at += kSlotDistance) {
    auto slot = ReadSlot(file.substr(at, kSlotBytes));
    if (slot && (!newest || slot->first > newest->first)) newest = std::move(slot);
  }
  if (!newest) return std::nullopt;
  return newest->second;
}

std::optional<IdBits> ReadId(std::string_view text) {
  const size_t underscore = text.find('_');
  if (underscore == std::string_view::npos || underscore == 0) return std::nullopt;
  text.remove_prefix(underscore + 1);
  if (text.size() != 26 || text[0] > '7') return std::nullopt;
  IdBits id;
  for (const char c : text) {
    const int digit = CrockfordDigit(c);
    if (digit < 0) return std::nullopt;
    id.high = id.high << 5 | id.low >> 59;
    id.low = id.low << 5 | static_cast<uint64_t>(digit);
  }
  return id;
}

std::optional<uint32_t> SlotOfStream(std::string_view stream) {
  const std::optional<IdBits> id = ReadId(stream.substr(0, stream.find('/')));
  if (!id) return std::nullopt;
  return id->slot();
}

std::optional<Source> ReadSource(std::string_view text) {
  const size_t last = text.rfind('.');
  if (last == std::string_view::npos || last == 0) return std::nullopt;
  const size_t first = text.rfind('.', last - 1);
  if (first == std::string_view::npos || first == 0) return std::nullopt;
  Source source{.area = std::string(text.substr(0, first))};
  if (!ReadDecimal(text.substr(first + 1, last - first - 1), source.shard) ||
      !ReadDecimal(text.substr(last + 1), source.partition)) {
    return std::nullopt;
  }
  return source;
}

std::optional<std::map<Source, uint64_t>> ReadPositions(std::string_view text) {
  std::map<Source, uint64_t> positions;
  while (!text.empty()) {
    const std::string_view entry = text.substr(0, text.find(','));
    text.remove_prefix(std::min(entry.size() + 1, text.size()));
    const size_t at = entry.find('@');
    if (at == std::string_view::npos) return std::nullopt;
    const auto source = ReadSource(entry.substr(0, at));
    uint64_t position = 0;
    if (!source || !ReadDecimal(entry.substr(at + 1), position)) return std::nullopt;
    positions[*source] = position;
  }
  return positions;
}

std::string AreaOfMethod(std::string_view method) {
  constexpr std::string_view kPrefix = "/pitlane.";
  if (method.substr(0, kPrefix.size()) != kPrefix) return "";
  method.remove_prefix(kPrefix.size());
  return std::string(method.substr(0, method.find('.')));
}

}  // namespace pitlane::checker
