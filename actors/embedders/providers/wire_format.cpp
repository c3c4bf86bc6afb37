#include "actors/embedders/providers/wire_format.hpp"

#include "codecs/json_reader.hpp"
#include "codecs/json_writer.hpp"

#include <charconv>
#include <cmath>
#include <optional>

namespace batch {

namespace {

tl::unexpected<error> other_form(const std::string& what) {
  return fail(ec::unavailable, "the provider's answer is " + what);
}

std::optional<uint64_t> whole_number(std::string_view json) {
  uint64_t x = 0;
  auto end = json.data() + json.size();
  auto [stop, err] = std::from_chars(json.data(), end, x);
  if (err != std::errc{} || stop != end)
    return std::nullopt;
  return x;
}

bool is_blank(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

wire_vector bad_vector(const std::string& what) {
  return tl::unexpected<std::string>{"the provider's vector " + what};
}

/// The numbers of an array of valid JSON.
wire_vector read_numbers(std::string_view json) {
  std::vector<double> numbers;
  auto at = json.data() + 1;
  auto end = json.data() + json.size() - 1;
  while (at != end) {
    if (is_blank(*at) || *at == ',') {
      ++at;
      continue;
    }
    double x = 0;
    auto [stop, err] = std::from_chars(at, end, x);
    if (err != std::errc{} || !std::isfinite(x)
        || !std::isfinite(static_cast<float>(x)))
      return bad_vector("holds something that is no finite number");
    if (numbers.size() == vector_dimensions_max)
      return bad_vector("has more than " + std::to_string(vector_dimensions_max)
                        + " numbers");
    numbers.push_back(x);
    at = stop;
  }
  if (numbers.empty())
    return bad_vector("is empty");
  return numbers;
}

/// Puts vectors into their places.
class vector_reader {
public:
  explicit vector_reader(size_t texts) : found_(texts) {}

  /// The elements of `data` of OpenAI and of llama.cpp's array.
  expected<void> read_indexed(std::string_view list) {
    expected<void> read;
    size_t position = 0;
    if (kind_of_json(list) != json_kind::array)
      return other_form("no list of vectors");
    list_.elements(list, [&](const json_member& m) {
      read = read_element(m.value, position++);
      return read.has_value();
    });
    return read;
  }

  /// Vectors in the order of the texts.
  expected<void> read_plain(std::string_view list) {
    expected<void> read;
    size_t position = 0;
    if (kind_of_json(list) != json_kind::array)
      return other_form("no list of vectors");
    list_.elements(list, [&](const json_member& m) {
      read = place(m.value, position++);
      return read.has_value();
    });
    return read;
  }

  expected<wire_vectors> finish(uint64_t tokens) {
    wire_vectors out;
    out.tokens = tokens;
    size_t missing = 0;
    for (auto& x : found_)
      if (x)
        out.vectors.push_back(std::move(*x));
      else
        ++missing;
    if (missing > 0)
      return other_form("without the vectors of " + std::to_string(missing)
                        + " of " + std::to_string(found_.size()) + " texts");
    return out;
  }

private:
  expected<void> read_element(std::string_view json, size_t position) {
    if (kind_of_json(json) != json_kind::object)
      return other_form("a list of something else than vectors");
    std::optional<uint64_t> index = position;
    std::string vector;
    element_.members(json, [&](const json_member& m) {
      if (m.key == "index" && m.value != "null")
        index = whole_number(m.value);
      else if (m.key == "embedding")
        vector = m.value;
      return true;
    });
    if (!index)
      return other_form("one with an index that is no number");
    return place(vector, *index);
  }

  expected<void> place(std::string_view vector, uint64_t index) {
    if (index >= found_.size())
      return other_form("one of more vectors than the "
                        + std::to_string(found_.size()) + " texts");
    auto& place = found_[index];
    if (place)
      return other_form("one with the index " + std::to_string(index)
                        + " twice");
    if (vector.empty() || kind_of_json(vector) != json_kind::array) {
      place = bad_vector("is no array of numbers");
      return {};
    }
    return place_array(vector, place);
  }

  /// llama.cpp answers rows: one, or one a token if it does not pool them.
  expected<void> place_array(std::string_view vector,
                             std::optional<wire_vector>& place) {
    size_t rows = 0;
    std::string row;
    rows_.elements(vector, [&](const json_member& m) {
      if (kind_of_json(m.value) != json_kind::array)
        return false;
      if (++rows == 1)
        row = m.value;
      return rows < 2;
    });
    if (rows > 1)
      return fail(ec::provider_refused,
                  "the provider answers a vector for each token of a text; "
                  "start it with pooling, e.g. --pooling mean");
    place = read_numbers(rows == 1 ? std::string_view{row} : vector);
    return {};
  }

  std::vector<std::optional<wire_vector>> found_;
  json_reader list_;
  json_reader element_;
  json_reader rows_;
};

uint64_t prompt_tokens(json_reader& reader, std::string_view usage) {
  uint64_t tokens = 0;
  if (!usage.empty() && kind_of_json(usage) == json_kind::object)
    reader.members(usage, [&](const json_member& m) {
      if (m.key == "prompt_tokens")
        tokens = whole_number(m.value).value_or(0);
      return true;
    });
  return tokens;
}

void write_strings(json_writer& w, std::span<const std::string_view> texts) {
  w.begin_array();
  for (auto text : texts)
    w.string(text);
  w.end_array();
}

/// The last part of a path: models of llama.cpp are files.
std::string_view file_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

} // namespace

std::string_view embed_path(provider_kind kind) {
  switch (kind) {
  case provider_kind::openai:
    return "/embeddings";
  case provider_kind::ollama:
    return "/api/embed";
  case provider_kind::tei:
    return "/embed";
  case provider_kind::llamacpp:
    break;
  }
  return "/embedding";
}

std::string render_texts(const provider_spec& spec,
                         std::span<const std::string_view> texts) {
  std::string json;
  json.reserve(bytes_of(texts) + 8 * texts.size() + 256);
  json_writer w{json};
  w.begin_object();
  switch (spec.kind) {
  case provider_kind::openai:
    w.key("model").string(spec.model).key("input");
    write_strings(w, texts);
    w.key("encoding_format").string("float");
    break;
  case provider_kind::ollama:
    w.key("model").string(spec.model).key("input");
    write_strings(w, texts);
    // What is too long is refused: a vector of its begin would look right.
    w.key("truncate").boolean(false);
    break;
  case provider_kind::tei:
    w.key("inputs");
    write_strings(w, texts);
    w.key("truncate").boolean(false).key("normalize").boolean(true);
    break;
  case provider_kind::llamacpp:
    w.key("content");
    write_strings(w, texts);
    break;
  }
  if (spec.dimensions)
    w.key("dimensions").number(uint64_t{*spec.dimensions});
  w.end_object();
  return json;
}

expected<wire_vectors> read_vectors(provider_kind kind, std::string_view json,
                                    size_t texts) {
  json_reader top;
  if (auto ok = top.check(json); !ok)
    return other_form("no JSON, or not all of it: " + ok.error().message);
  vector_reader vectors{texts};
  expected<void> read;
  uint64_t tokens = 0;
  // Views of `top` live until its next call; all that is read of them is read
  // with other readers.
  std::string_view list;
  if (kind_of_json(json) == json_kind::object) {
    json_reader numbers;
    top.members(json, [&](const json_member& m) {
      if (m.key == "usage")
        tokens = prompt_tokens(numbers, m.value);
      else if (m.key == "prompt_eval_count")
        tokens = whole_number(m.value).value_or(0);
      else if (m.key == "data" || m.key == "embeddings" || m.key == "results")
        list = m.value;
      return true;
    });
    if (list.empty())
      return other_form("an object without vectors");
  }
  switch (kind) {
  case provider_kind::openai:
    read = list.empty() ? expected<void>{other_form("no object with data")}
                        : vectors.read_indexed(list);
    break;
  case provider_kind::ollama:
    read = list.empty()
             ? expected<void>{other_form("no object with embeddings")}
             : vectors.read_plain(list);
    break;
  case provider_kind::tei:
    read = vectors.read_plain(json);
    break;
  case provider_kind::llamacpp:
    read = vectors.read_indexed(list.empty() ? json : list);
    break;
  }
  if (!read)
    return fail(read);
  return vectors.finish(tokens);
}

std::string_view facts_path(provider_kind kind) {
  switch (kind) {
  case provider_kind::tei:
    return "/info";
  case provider_kind::llamacpp:
    return "/v1/models";
  case provider_kind::openai:
  case provider_kind::ollama:
    break;
  }
  return {};
}

expected<provider_facts> read_facts(provider_kind kind, std::string_view json) {
  provider_facts facts;
  json_reader top;
  json_reader list;
  json_reader element;
  json_reader values;
  if (!top.check(json) || kind_of_json(json) != json_kind::object)
    return other_form("no object that tells of it");
  auto take_string = [&](const json_member& m, std::string& to) {
    if (kind_of_json(m.value) == json_kind::string)
      to = values.string_value(m.value);
  };
  top.members(json, [&](const json_member& m) {
    if (kind == provider_kind::tei && m.key == "model_id")
      take_string(m, facts.model);
    else if (kind == provider_kind::tei && m.key == "max_client_batch_size")
      facts.inputs_max = whole_number(m.value).value_or(0);
    else if (kind == provider_kind::llamacpp && m.key == "data"
             && kind_of_json(m.value) == json_kind::array)
      list.elements(m.value, [&](const json_member& model) {
        if (kind_of_json(model.value) == json_kind::object)
          element.members(model.value, [&](const json_member& x) {
            if (x.key == "id")
              take_string(x, facts.model);
            return true;
          });
        return false;
      });
    return true;
  });
  if (kind == provider_kind::llamacpp)
    facts.model = file_name(facts.model);
  return facts;
}

} // namespace batch
