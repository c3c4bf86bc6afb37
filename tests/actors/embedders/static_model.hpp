// Small models of model2vec, made for tests.
#pragma once

#include "codecs/bytes.hpp"

#include <string>
#include <vector>

namespace batch::test {

/// A safetensors file of a header and data.
inline std::string safetensors_file(const std::string& header,
                                    const std::string& data) {
  std::string file;
  append_fixed(file, uint64_t{header.size()});
  return file + header + data;
}

template <class Number>
std::string bytes_of(const std::vector<Number>& numbers) {
  std::string bytes;
  for (auto x : numbers)
    append_fixed(bytes, x);
  return bytes;
}

/// A tokenizer.json as BERT's, with a vocabulary of
/// [UNK] 0, cat 1, ##s 2, dog 3, '.' 4, cafe 5, [SEP] 6.
inline std::string tokenizer_json() {
  return R"({"version":"1.0","truncation":null,"padding":null,
    "added_tokens":[
      {"id":0,"content":"[UNK]","single_word":false,"lstrip":false,
       "rstrip":false,"normalized":false,"special":true},
      {"id":6,"content":"[SEP]","single_word":false,"lstrip":false,
       "rstrip":false,"normalized":false,"special":true}],
    "normalizer":{"type":"BertNormalizer","clean_text":true,
      "handle_chinese_chars":true,"strip_accents":null,"lowercase":true},
    "pre_tokenizer":{"type":"BertPreTokenizer"},"post_processor":null,
    "decoder":{"type":"WordPiece","prefix":"##","cleanup":true},
    "model":{"type":"WordPiece","unk_token":"[UNK]",
      "continuing_subword_prefix":"##","max_input_chars_per_word":100,
      "vocab":{"[UNK]":0,"cat":1,"##s":2,"dog":3,".":4,"cafe":5,"[SEP]":6}}})";
}

} // namespace batch::test
