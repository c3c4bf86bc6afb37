// Pieces that several workers share: how a record is put, how a result names
// its item.
#pragma once

#include "actors/work.hpp"
#include "codecs/items.hpp"
#include "codecs/json_writer.hpp"
#include "codecs/stamped.hpp"
#include "storage/keys.hpp"

namespace batch {

/// Puts the text of an item under its name, stamped with its place.
inline void put_stamped(write_batch& effects, family f, const work_item& item,
                        std::string_view ns, std::string_view id,
                        std::string_view text) {
  auto stamp = make_stamp(item.place.job, item.place.item, text);
  effects.put(f, keys::named(ns, id), {{stamp.data(), stamp.size()}, text});
}

/// Appends `{"ns":…,"id":…,"type":…`, without the closing brace.
template <class Named>
void write_name(std::string& out, const Named& x) {
  out += "{\"ns\":";
  append_json_string(out, x.ns);
  out += ",\"id\":";
  append_json_string(out, x.id);
  out += ",\"type\":";
  append_json_string(out, x.type);
}

} // namespace batch
