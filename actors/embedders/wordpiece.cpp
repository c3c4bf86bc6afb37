#include "actors/embedders/wordpiece.hpp"

#include "actors/embedders/bert_text.hpp"
#include "codecs/json_reader.hpp"

#include <algorithm>
#include <charconv>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>

namespace batch {

namespace {

struct string_hash : std::hash<std::string_view> {
  using is_transparent = void;
};
using vocabulary
  = std::unordered_map<std::string, uint32_t, string_hash, std::equal_to<>>;

constexpr uint32_t ids_max = 1 << 24;
/// Source: those of BERT are five.
constexpr size_t added_tokens_max = 1000;

tl::unexpected<error> unknown(const std::string& what) {
  return fail(ec::invalid_request,
              what
                + "; known are tokenizers of a BertNormalizer, a "
                  "BertPreTokenizer and a WordPiece model");
}

/// The members of an object of valid JSON; none if it is none.
class members {
public:
  explicit members(std::string_view json) {
    if (kind_of_json(json) == json_kind::object)
      reader_.members(json, [&](const json_member& m) {
        found_.emplace(m.key, m.value);
        return true;
      });
  }

  /// The JSON text of a member; null if it is absent.
  std::string_view json(std::string_view name) const {
    auto found = found_.find(name);
    return found == found_.end() ? "null" : found->second;
  }

  bool has(std::string_view name) const { return json(name) != "null"; }

  std::string string(std::string_view name) {
    auto value = json(name);
    return kind_of_json(value) == json_kind::string
             ? values_.string_value(value)
             : std::string{};
  }

  bool flag(std::string_view name, bool otherwise) const {
    auto value = json(name);
    return value == "true" || (otherwise && value != "false");
  }

  std::optional<uint32_t> number(std::string_view name) const {
    return parse(json(name));
  }

  static std::optional<uint32_t> parse(std::string_view json) {
    uint32_t x = 0;
    auto [stop, err]
      = std::from_chars(json.data(), json.data() + json.size(), x);
    if (err != std::errc{} || stop != json.data() + json.size() || x >= ids_max)
      return std::nullopt;
    return x;
  }

private:
  json_reader reader_;
  json_reader values_;
  /// Views into what `reader_` holds.
  std::map<std::string, std::string_view, std::less<>> found_;
};

/// A text that is a token wherever it stands.
struct added_token {
  std::string text;
  uint32_t id;
};

/// Parts a text at added tokens: the longest of those that begin first.
/// @param take_text takes what is between them.
template <class TakeText, class TakeToken>
void split_at(std::string_view text, const std::vector<added_token>& tokens,
              TakeText&& take_text, TakeToken&& take_token) {
  size_t begin = 0;
  for (size_t at = 0; at < text.size() && !tokens.empty();) {
    const added_token* longest = nullptr;
    for (const auto& x : tokens)
      if (text.substr(at).starts_with(x.text)
          && (!longest || x.text.size() > longest->text.size()))
        longest = &x;
    if (!longest) {
      ++at;
      continue;
    }
    take_text(text.substr(begin, at - begin));
    take_token(longest->id);
    at += longest->text.size();
    begin = at;
  }
  take_text(text.substr(begin));
}

/// Whether the byte is not the first one of a code point.
bool continues_point(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

} // namespace

struct wordpiece::rules {
  bert_normalizer normalizer;
  vocabulary words;
  std::string prefix = "##";
  uint32_t unknown_id = 0;
  size_t word_points_max = 100;
  /// Bytes of the longest entry of the vocabulary.
  size_t longest = 0;
  uint32_t ids = 0;
  /// Looked for in the text as it is, and as it is normalized.
  std::vector<added_token> raw_tokens, normalized_tokens;

  expected<void> read(std::string_view json);
  expected<void> read_normalizer(std::string_view json);
  expected<void> read_model(std::string_view json);
  expected<void> read_vocabulary(std::string_view json);
  expected<void> read_added_tokens(std::string_view json);
  expected<void> add_token(std::string_view json);
  void add_word(std::string_view word, std::vector<uint32_t>& out) const;
  void add_normal(std::string_view text, std::vector<uint32_t>& out) const;
};

expected<void> wordpiece::rules::read(std::string_view json) {
  json_reader whole;
  if (auto ok = whole.check(json); !ok)
    return fail(ec::invalid_request, "is no JSON: " + ok.error().message);
  members top{json};
  if (top.string("version") != "1.0")
    return unknown("is no tokenizer.json of version 1.0");
  for (auto name : {"truncation", "padding"})
    if (top.has(name))
      return fail(ec::invalid_request,
                  std::string{name}
                    + ": expected null; the mean over pieces "
                      "would not be that of the text");
  if (auto ok = read_normalizer(top.json("normalizer")); !ok)
    return ok;
  members pre{top.json("pre_tokenizer")};
  if (pre.string("type") != "BertPreTokenizer")
    return unknown("pre_tokenizer: is of the type '" + pre.string("type")
                   + "'");
  if (auto ok = read_model(top.json("model")); !ok)
    return ok;
  return read_added_tokens(top.json("added_tokens"));
}

expected<void> wordpiece::rules::read_normalizer(std::string_view json) {
  members x{json};
  if (x.string("type") != "BertNormalizer")
    return unknown("normalizer: is of the type '" + x.string("type") + "'");
  normalizer.clean_text = x.flag("clean_text", true);
  normalizer.handle_chinese_chars = x.flag("handle_chinese_chars", true);
  normalizer.lowercase = x.flag("lowercase", true);
  // Where nothing is said, accents go where case goes.
  normalizer.strip_accents = x.flag("strip_accents", normalizer.lowercase);
  return {};
}

expected<void> wordpiece::rules::read_model(std::string_view json) {
  members x{json};
  if (x.string("type") != "WordPiece")
    return unknown("model: is of the type '" + x.string("type") + "'");
  if (x.has("continuing_subword_prefix"))
    prefix = x.string("continuing_subword_prefix");
  if (x.has("max_input_chars_per_word")) {
    auto points = x.number("max_input_chars_per_word");
    if (!points || *points > 10'000)
      return unknown("model: max_input_chars_per_word is no number up to "
                     "10000");
    word_points_max = *points;
  }
  if (auto ok = read_vocabulary(x.json("vocab")); !ok)
    return ok;
  auto unknown_word = words.find(x.string("unk_token"));
  if (unknown_word == words.end())
    return unknown("model: unk_token does not stand in vocab");
  unknown_id = unknown_word->second;
  return {};
}

expected<void> wordpiece::rules::read_vocabulary(std::string_view json) {
  json_reader reader;
  if (kind_of_json(json) != json_kind::object)
    return unknown("model: vocab is no object");
  std::string wrong;
  reader.members(json, [&](const json_member& m) {
    auto id = members::parse(m.value);
    if (!id || !words.emplace(m.key, *id).second)
      wrong = m.key;
    else {
      longest = std::max(longest, m.key.size());
      ids = std::max(ids, *id + 1);
    }
    return wrong.empty();
  });
  if (!wrong.empty())
    return unknown("model: vocab has '" + wrong
                   + "' twice or with a number that is none");
  return {};
}

expected<void> wordpiece::rules::read_added_tokens(std::string_view json) {
  if (kind_of_json(json) == json_kind::null)
    return {};
  json_reader reader;
  if (kind_of_json(json) != json_kind::array)
    return unknown("added_tokens: is no array");
  expected<void> added;
  reader.elements(json, [&](const json_member& m) {
    added = add_token(m.value);
    return added.has_value();
  });
  return added;
}

expected<void> wordpiece::rules::add_token(std::string_view json) {
  members x{json};
  auto id = x.number("id");
  auto text = x.string("content");
  for (auto name : {"single_word", "lstrip", "rstrip"})
    if (x.flag(name, false))
      return unknown("added_tokens: '" + text + "' has " + name);
  if (!id || text.empty()
      || raw_tokens.size() + normalized_tokens.size() >= added_tokens_max)
    return unknown("added_tokens: expected up to "
                   + std::to_string(added_tokens_max)
                   + " with an id and a content each");
  ids = std::max(ids, *id + 1);
  if (x.flag("normalized", false))
    normalized_tokens.push_back({normalizer.normalize(text), *id});
  else
    raw_tokens.push_back({std::move(text), *id});
  return {};
}

void wordpiece::rules::add_word(std::string_view word,
                                std::vector<uint32_t>& out) const {
  if (count_points(word) > word_points_max)
    return;
  auto first = out.size();
  std::string piece;
  for (size_t begin = 0; begin < word.size();) {
    auto size = std::min(word.size() - begin, longest);
    auto found = words.end();
    for (; size > 0; --size) {
      if (begin + size < word.size() && continues_point(word[begin + size]))
        continue;
      piece.assign(begin > 0 ? prefix : std::string{});
      piece.append(word.substr(begin, size));
      found = words.find(piece);
      if (found != words.end())
        break;
    }
    if (found == words.end()) {
      // A word that is not known to its end is not known at all.
      out.resize(first);
      return;
    }
    if (found->second != unknown_id)
      out.push_back(found->second);
    begin += size;
  }
}

void wordpiece::rules::add_normal(std::string_view text,
                                  std::vector<uint32_t>& out) const {
  for (auto word : split_bert_words(text))
    add_word(word, out);
}

wordpiece::wordpiece(std::unique_ptr<rules> x) : rules_(std::move(x)) {}
wordpiece::wordpiece(wordpiece&&) noexcept = default;
wordpiece::~wordpiece() = default;

expected<wordpiece> wordpiece::read(std::string_view json) {
  auto x = std::make_unique<rules>();
  if (auto ok = x->read(json); !ok)
    return fail(ok);
  return wordpiece{std::move(x)};
}

uint32_t wordpiece::ids() const {
  return rules_->ids;
}

std::vector<uint32_t> wordpiece::encode(std::string_view text) const {
  std::vector<uint32_t> out;
  auto add_id = [&](uint32_t id) {
    if (id != rules_->unknown_id)
      out.push_back(id);
  };
  split_at(
    text, rules_->raw_tokens,
    [&](std::string_view between) {
      auto normal = rules_->normalizer.normalize(between);
      split_at(
        normal, rules_->normalized_tokens,
        [&](std::string_view words) { rules_->add_normal(words, out); },
        add_id);
    },
    add_id);
  return out;
}

} // namespace batch
