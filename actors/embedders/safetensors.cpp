#include "actors/embedders/safetensors.hpp"

#include "codecs/bytes.hpp"
#include "codecs/json_reader.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace batch {

namespace {

constexpr uint64_t header_bytes_max = 16 << 20;
/// Dimensions of a shape. Source: no array of an embedder has more than two.
constexpr size_t shape_max = 8;

struct type_size {
  std::string_view name;
  uint64_t bytes;
};
constexpr type_size types[] = {{"F64", 8}, {"F32", 4}, {"F16", 2}, {"BF16", 2},
                               {"I64", 8}, {"I32", 4}, {"I8", 1}};

tl::unexpected<error> wrong(std::string_view name, const std::string& what) {
  return fail(ec::invalid_request,
              "the array '" + std::string{name} + "' " + what);
}

std::optional<uint64_t> bytes_of(std::string_view type) {
  auto found = std::ranges::find(types, type, &type_size::name);
  if (found == std::end(types))
    return std::nullopt;
  return found->bytes;
}

/// The numbers of an array of JSON; nothing if one is no 64-bit integer from 0
/// on.
std::optional<std::vector<uint64_t>> numbers_of(json_reader& reader,
                                                std::string_view array) {
  std::vector<uint64_t> numbers;
  if (kind_of_json(array) != json_kind::array)
    return std::nullopt;
  auto walked = reader.elements(array, [&](const json_member& m) {
    auto end = m.value.data() + m.value.size();
    auto [stop, err]
      = std::from_chars(m.value.data(), end, numbers.emplace_back());
    return err == std::errc{} && stop == end && numbers.size() <= shape_max;
  });
  if (!walked)
    return std::nullopt;
  return numbers;
}

/// The product of a shape and a size; nothing beyond 64 bits.
std::optional<uint64_t> product_of(const std::vector<uint64_t>& shape,
                                   uint64_t size) {
  for (auto x : shape)
    if (__builtin_mul_overflow(size, x, &size))
      return std::nullopt;
  return size;
}

struct placed_tensor {
  std::string name;
  uint64_t from;
  uint64_t to;
  tensor what;
};

class header_reader {
public:
  explicit header_reader(std::string_view data) : data_(data) {}

  expected<std::map<std::string, tensor>> read(std::string_view header) {
    expected<void> taken;
    auto walked = members_.check_object(header, [&](const json_member& m) {
      if (m.key != "__metadata__")
        taken = take(std::string{m.key}, m.value);
      return taken.has_value();
    });
    if (!walked)
      return fail(ec::invalid_request,
                  "the header is no JSON object: " + walked.error().message);
    if (!taken)
      return fail(taken);
    return place();
  }

private:
  expected<void> take(std::string name, std::string_view json) {
    placed_tensor x{std::move(name), 0, 0, {}};
    std::optional<std::vector<uint64_t>> shape, offsets;
    if (kind_of_json(json) != json_kind::object)
      return wrong(x.name, "is described by no object");
    fields_.members(json, [&](const json_member& m) {
      if (m.key == "dtype" && kind_of_json(m.value) == json_kind::string)
        x.what.type = values_.string_value(m.value);
      else if (m.key == "shape")
        shape = numbers_of(values_, m.value);
      else if (m.key == "data_offsets")
        offsets = numbers_of(values_, m.value);
      return true;
    });
    auto size = bytes_of(x.what.type);
    if (!size)
      return wrong(x.name, "is of the type '" + x.what.type
                             + "'; known are F64, F32, F16, BF16, I64, I32, "
                               "I8");
    if (!shape || !offsets || offsets->size() != 2)
      return wrong(x.name, "has no shape or no data_offsets");
    x.from = (*offsets)[0];
    x.to = (*offsets)[1];
    if (x.from > x.to || x.to > data_.size())
      return wrong(x.name, "does not lie within the file");
    if (product_of(*shape, *size) != x.to - x.from)
      return wrong(x.name, "has another size than its shape says");
    x.what.shape = std::move(*shape);
    x.what.bytes = data_.substr(x.from, x.to - x.from);
    found_.push_back(std::move(x));
    return {};
  }

  expected<std::map<std::string, tensor>> place() {
    std::ranges::sort(found_, {}, [](const placed_tensor& x) {
      return std::pair{x.from, x.to};
    });
    std::map<std::string, tensor> tensors;
    uint64_t at = 0;
    for (auto& x : found_) {
      if (x.from != at)
        return wrong(x.name, "does not begin where the one before ends");
      at = x.to;
      if (!tensors.emplace(x.name, std::move(x.what)).second)
        return wrong(x.name, "stands there twice");
    }
    if (at != data_.size())
      return fail(ec::invalid_request,
                  "bytes stand behind the last array of the file");
    return tensors;
  }

  std::string_view data_;
  json_reader members_, fields_, values_;
  std::vector<placed_tensor> found_;
};

/// A half-precision float (IEEE 754 binary16).
float from_half(uint16_t bits) {
  auto exponent = bits >> 10 & 31;
  auto fraction = static_cast<float>(bits & 1023);
  auto value = exponent == 0    ? std::ldexp(fraction, -24)
               : exponent == 31 ? (fraction == 0 ? HUGE_VALF : NAN)
                                : std::ldexp(fraction + 1024, exponent - 25);
  return (bits & 0x8000) != 0 ? -value : value;
}

template <class Number, class Convert>
std::vector<float> convert(std::string_view bytes, Convert&& to_float) {
  std::vector<float> out(bytes.size() / sizeof(Number));
  for (size_t i = 0; i < out.size(); ++i) {
    Number x;
    std::memcpy(&x, bytes.data() + i * sizeof x, sizeof x);
    out[i] = to_float(x);
  }
  return out;
}

} // namespace

uint64_t tensor::elements() const {
  return product_of(shape, 1).value_or(0);
}

expected<std::map<std::string, tensor>>
read_safetensors(std::string_view file) {
  byte_reader in{file};
  auto size = in.fixed<uint64_t>();
  if (!in.ok() || size > header_bytes_max || size > in.rest().size())
    return fail(ec::invalid_request,
                "is no safetensors file: the size of its header makes no "
                "sense");
  auto header = in.take(size);
  return header_reader{in.rest()}.read(header);
}

std::vector<float> floats_of(const tensor& x) {
  auto plain = [](auto n) { return static_cast<float>(n); };
  if (x.type == "F64")
    return convert<double>(x.bytes, plain);
  if (x.type == "F32")
    return convert<float>(x.bytes, plain);
  if (x.type == "F16")
    return convert<uint16_t>(x.bytes, from_half);
  if (x.type == "BF16")
    return convert<uint16_t>(x.bytes, [](uint16_t bits) {
      return std::bit_cast<float>(uint32_t{bits} << 16);
    });
  if (x.type == "I64")
    return convert<int64_t>(x.bytes, plain);
  if (x.type == "I32")
    return convert<int32_t>(x.bytes, plain);
  return convert<int8_t>(x.bytes, plain);
}

} // namespace batch
