// The declarative transform of `options.transform`: steps that a worker does
// to each item of a `transform-data` job.
#pragma once

#include "codecs/error.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace batch {

/// Steps of a transform, and fields that one step names.
inline constexpr size_t transform_steps_max = 64;
inline constexpr size_t transform_fields_max = 256;
/// Tokens of a field's JSON Pointer. Source: a choice, far beyond real data,
/// that bounds recursion.
inline constexpr size_t transform_tokens_max = 64;

struct transform_step;

/// A validated list of steps; as default-constructed, the identity. Immutable
/// and cheap to copy; every call may come from any thread.
///
/// The JSON text of a transform:
///
///   transform = { "steps": [ *step ] }     ; or { }: the identity
///   step      = { "pick":    [ 1*field ] }
///             / { "omit":    [ 1*field ] }
///             / { "rename":  { 1*( field : name ) } }
///             / { "set":     { 1*( field : value ) } }
///             / { "default": { 1*( field : value ) } }
///             / { "cast":    { 1*( field : type ) } }
///             / { "upper":   [ 1*field ] }
///             / { "lower":   [ 1*field ] }
///             / { "trim":    [ 1*field ] }
///             / { "concat":     { 1*( field : [ 1*operand ] ) } }
///             / { "template":   { 1*( field : text ) } }
///             / { "arithmetic": { 1*( field : expression ) } }
///             / { "coalesce":   { 1*( field : [ 1*operand ] ) } }
///             / { "filter":  condition / [ 1*condition ] }
///             / { "flatten": { 1*( field : separator ) } / separator }
///             / { "patch":   a JSON Patch (RFC 6902) }
///             / { "merge":   any JSON value, a JSON Merge Patch (RFC 7396) }
///   field     = a string: a JSON Pointer (RFC 6901) if it begins with "/",
///               else a key of the item; not empty
///   name      = a string: a key; not empty, not beginning with "/"
///   value     = any JSON value
///   operand   = field / { "value": value }
///   text      = a string with {field} in it; {{ and }} are braces
///   expression = a string: see arithmetic_fields.cpp
///   condition = { 1*( field : { 1*( test : value ) } ) }
///   test      = "eq" / "ne" / "lt" / "le" / "gt" / "ge" / "in" / "exists"
///             / "type" / "contains" / "prefix" / "suffix"
///   separator = a string
///   type      = "string" / "number" / "integer" / "boolean"
///
/// E.g. {"steps":[{"pick":["name","/data/price"]},{"trim":["name"]},
/// {"cast":{"/data/price":"number"}},{"set":{"source":"iso"}}]} makes
/// {"name":" Rome ","rank":1,"data":{"price":"1.10","tax":2}} into
/// {"name":"Rome","data":{"price":1.10},"source":"iso"}.
///
/// Steps are done in the order written. The fields of one step all mean the
/// item as it was before that step, so {"rename":{"a":"b","b":"a"}} swaps;
/// hence no step may name a field twice, or a field inside another of its own.
/// An item must be an object, except for patch, merge and the identity.
///
/// - pick keeps the named fields, with the objects and arrays they are inside
///   of, and nothing else, in the order of the item.
/// - omit removes the named fields; elements behind one removed from an array
///   move up.
/// - rename gives a field another key in the same object, in the same place;
///   another member that had this key is removed. An element of an array has
///   no key: an error.
/// - set puts a value: in the place of the field, or else at the end of its
///   object. Objects on the way that are absent are made; what is on the way
///   and is neither object nor array is an error. In an array, the index that
///   equals its length, or "-", puts an element at the end; beyond is an
///   error.
/// - default is set for fields that are absent or null, and does nothing to
///   others.
/// - cast makes a string, number or boolean into the type; null stays null,
///   objects and arrays are errors. `cast_json` says what becomes what.
/// - upper and lower map each code point of a string by Unicode's simple
///   mapping, regardless of language: "ß" becomes "ẞ", not "SS". Trim removes
///   Unicode white space (the property White_Space) at both ends. Null stays
///   null, other values are errors.
/// - concat and template put a string made of fields: the content of strings,
///   the text of numbers and booleans, nothing for absent and null. Objects
///   and arrays are errors.
/// - arithmetic puts a number (`exact_number` says how it is calculated), or
///   nothing if a field it needs is absent or null. Fields that are no numbers
///   are errors, as are results that are not finite or beyond 64 bits.
/// - coalesce puts the first operand that is there and not null, if any.
/// - filter drops the item unless one of the conditions holds, in which all
///   tests of all fields must hold. `compare_json` and `equal_json` compare.
/// - flatten puts the members of an object, at any depth, in its place, with
///   their keys joined by the separator. Arrays and empty objects stay. Other
///   members that have such a key are removed. What is no object stays.
/// - patch and merge do what their RFCs say. A patch that fails is an error.
///
/// Fields that are absent are left alone by all steps that do not put values.
/// Where an object has a key more than once, the last member counts; pick,
/// omit, rename, flatten and what puts a value remove the ones before it.
///
/// What no step changes keeps its bytes: numbers, escapes, white space within
/// values. An object or array in which something changed is written with its
/// members in order and without white space between them.
class transform {
public:
  /// Reads a transform.
  /// @param json the value of `options.transform`, at most
  /// `options_bytes_max` bytes; copied.
  /// Errors: `ec::invalid_option` for whatever the grammar above does not
  /// allow and for values that would nest deeper than `json_depth_max`. The
  /// message begins with the JSON Pointer of the fault from the root of the
  /// submission: "/options/transform/steps/2/cast/price: unknown type …".
  static expected<transform> parse(std::string_view json);

  /// Does the steps to one item.
  /// @param item one JSON value that has passed `json_reader::check`. Text
  /// that has not cannot do harm, but what is wrong with it may go unnoticed.
  /// @returns the JSON text of the new value, or an empty text if the item is
  /// dropped. It may be longer than `item_bytes_max`, up to `made_bytes_max`.
  /// Errors: `ec::transform_failed`, naming step, field and reason; also if it
  /// takes more than `made_bytes_max` or `opened_bytes_max`, or the value
  /// would nest deeper than `json_depth_max`.
  /// Cost: one pass over the item per step.
  expected<std::string> apply(std::string_view item) const;

  /// True if every item stays as it is.
  bool is_identity() const { return !steps_; }

private:
  /// Null for the identity.
  std::shared_ptr<const std::vector<transform_step>> steps_;
};

} // namespace batch
