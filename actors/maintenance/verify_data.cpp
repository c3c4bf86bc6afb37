#include "actors/maintenance/verify_parts.hpp"

#include "codecs/items.hpp"
#include "codecs/stamped.hpp"

#include <cmath>
#include <map>

namespace batch {

namespace {

/// Bytes of the hash that ends a link's key.
constexpr size_t hash_bytes = 16;

class data_check {
public:
  explicit data_check(verify_run& run) : run_(run) {}

  void check() {
    walk(family::things, run_.summary.things, &data_check::check_thing);
    walk(family::relationships, run_.summary.relationships,
         &data_check::check_relationship);
    walk(family::links, run_.summary.links, &data_check::check_link);
    walk(family::embeddings, run_.summary.embeddings,
         &data_check::check_embedding);
  }

private:
  void walk(family f, uint64_t& count,
            void (data_check::*look)(const page::row&)) {
    row_walk rows{run_, f};
    for (; auto row = rows.row(); rows.pass()) {
      ++count;
      (this->*look)(*row);
    }
  }

  /// The text of a thing or relationship; tells if there is none.
  std::optional<std::string_view> text_of(const std::string& name,
                                          std::string_view record) {
    auto stamped = read_stamped(record);
    if (!stamped) {
      run_.tell_unreadable(name, stamped.error());
      return std::nullopt;
    }
    run_.use_number(stamped->job);
    return stamped->text;
  }

  template <class Named>
  void check_name(const std::string& name, std::string_view key,
                  const Named& x) {
    auto right = keys::named(x.ns, x.id);
    if (right != key)
      run_.tell(name,
                "holds a record that says ns \"" + std::string{x.ns}
                  + "\" and id \"" + std::string{x.id} + "\"",
                "the names of its key");
  }

  void check_thing(const page::row& row) {
    auto name = named_key(family::things, row.key);
    auto text = text_of(name, row.value);
    if (!text)
      return;
    auto thing = reader_.thing(*text);
    if (thing)
      check_name(name, row.key, *thing);
    else
      run_.tell_unreadable(name, thing.error());
  }

  void check_relationship(const page::row& row) {
    auto name = named_key(family::relationships, row.key);
    auto text = text_of(name, row.value);
    if (!text)
      return;
    auto x = reader_.relationship(*text);
    if (!x)
      return run_.tell_unreadable(name, x.error());
    check_name(name, row.key, *x);
    for (auto end : {'o', 'i'}) {
      auto link = run_.get(family::links, link_of(end, *x, row.key));
      if (link != row.key)
        run_.tell(name,
                  std::string{link ? "another one has" : "there is not"}
                    + " its link " + end,
                  "a link from either end");
    }
  }

  static std::string link_of(char end, const relationship_view& x,
                             std::string_view key) {
    return end == 'o' ? keys::link('o', x.from_ns, x.from_id, x.type, key)
                      : keys::link('i', x.to_ns, x.to_id, x.type, key);
  }

  void check_link(const page::row& row) {
    auto key = row.key;
    auto name = link_name(key);
    if (name.empty())
      return run_.tell(key_digits(family::links, key), "is of no kind of rows",
                       "an end and its names");
    if (!hash_is_right(key, row.value))
      return run_.tell(name,
                       "names " + named_key(family::relationships, row.value),
                       "the one that its key has the hash of");
    auto record = run_.get(family::relationships, row.value);
    if (!record)
      return run_.tell(name,
                       "names " + named_key(family::relationships, row.value)
                         + ", which is not there",
                       "the relationship");
    auto stamped = read_stamped(*record);
    auto x = stamped ? reader_.relationship(stamped->text)
                     : expected<relationship_view>{fail(stamped)};
    // One that cannot be read was told of already.
    if (x && link_of(key[0], *x, row.value) != key)
      ++run_.summary.stale_links;
  }

  /// "links o ns/id type"; empty if the key is none of a link.
  static std::string link_name(std::string_view key) {
    if (key.size() < 1 + hash_bytes || (key[0] != 'o' && key[0] != 'i'))
      return {};
    auto names = key.substr(1, key.size() - 1 - hash_bytes);
    if (std::ranges::count(names, '\0') != 3 || names.back() != '\0')
      return {};
    names.remove_suffix(1);
    auto type = names.rfind('\0');
    return "links " + std::string{key[0]}
           + named_key(family::links, names.substr(0, type)).substr(5) + " "
           + std::string{names.substr(type + 1)};
  }

  static bool hash_is_right(std::string_view key, std::string_view value) {
    // Any link to the relationship ends with its hash.
    auto other = keys::link('o', "n", "i", "t", value);
    return key.substr(key.size() - hash_bytes)
           == std::string_view{other}.substr(other.size() - hash_bytes);
  }

  void check_embedding(const page::row& row) {
    auto name = named_key(family::embeddings, row.key);
    auto x = decode_record<embedding>(row.value);
    if (!x)
      return run_.tell_unreadable(name, x.error());
    auto known = dimensions_.emplace(x->model, x->vector.size()).first->second;
    if (x->vector.size() != known || known == 0)
      run_.tell(name,
                "has " + plural(x->vector.size(), "dimension") + " of model "
                  + x->model,
                known == 0 ? "one or more" : std::to_string(known));
    if (!std::ranges::all_of(x->vector,
                             [](float v) { return std::isfinite(v); }))
      run_.tell(name, "has a component that is no number", "finite ones");
    if (!run_.get(family::things, row.key))
      ++run_.summary.embeddings_without_thing;
  }

  verify_run& run_;
  item_reader reader_;
  /// By model, of the first vector of each.
  std::map<std::string, size_t> dimensions_;
};

} // namespace

void verify_data(verify_run& run) {
  data_check{run}.check();
}

} // namespace batch
