// What scripts mean.
#include "actors/transforms/transform_plan.hpp"

#include "codecs/json_reader.hpp"
#include "codecs/json_writer.hpp"

#include <ostream>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace batch;

namespace {

std::string plan_of(const std::string& script, const std::string& limits = {}) {
  std::string json = "{\"lua\":";
  append_json_string(json, script);
  if (!limits.empty())
    json += ",\"limits\":" + limits;
  return json + "}";
}

std::unique_ptr<item_transformer> machine(const std::string& script,
                                          const std::string& limits = {}) {
  static const transform_functions none;
  auto plan = transform_plan::parse(plan_of(script, limits));
  BOOST_TEST_REQUIRE(plan.has_value(), plan.error().message);
  return make_transformer(*plan, none);
}

struct example {
  std::string script;
  std::string item;
  /// Empty if the item is dropped.
  std::string result;
};

std::ostream& operator<<(std::ostream& out, const example& x) {
  return out << x.script << " of " << x.item;
}

const example examples[] = {
  {"return {price = item.price * 1.1, name = upper(item.name)}",
   R"({"name":"straße","price":10,"x":1})", R"({"name":"STRAẞE","price":11})"},
  {"return item", R"({"z":1,"a":[1,2.5,"x",true,null],"m":{"b":{},"c":[]}})",
   R"({"z":1,"a":[1,2.5,"x",true,null],"m":{"b":{},"c":[]}})"},
  {"return item", "5", "5"},
  {"return item", "null", "null"},
  {"return item", "\"a\\n\\u00e9\\ud83c\\udf89\\\"\"", "\"a\\né🎉\\\"\""},
  {"return item", " [ ] ", "[]"},
  {"return item", "{}", "{}"},
  {"return nil", "{}", ""},
  {"", "{}", ""},
  {"if item.keep then return item end", R"({"keep":false})", ""},
  {"return null", "{}", "null"},
  {"return {a = null}", "{}", R"({"a":null})"},
  {"item.a = nil return item", R"({"a":1,"b":2})", R"({"b":2})"},
  {"return item.a == null", R"({"a":null})", "true"},
  {"return item.b == nil", R"({"a":null})", "true"},
  {"return type(item.a)", R"({"a":null})", R"("null")"},
  // Integers of 64 bits are exact; others are doubles.
  {"return item", "9007199254740993", "9007199254740993"},
  {"return item + 1", "9223372036854775806", "9223372036854775807"},
  {"return item", "-9223372036854775808", "-9223372036854775808"},
  {"return item / 2", "10", "5"},
  {"return item", "1.10", "1.1"},
  {"return item", "1e300", "1e+300"},
  {"return item", "1e-400", "0"},
  {"return 1 / 3", "{}", "0.3333333333333333"},
  {"return 2^63", "{}", "9.223372036854776e+18"},
  // Objects and arrays.
  {"return {1, 2, 3}", "{}", "[1,2,3]"},
  {"return {}", "{}", "{}"},
  {"return array()", "{}", "[]"},
  {"return array({})", "{}", "[]"},
  {"local t = item.t t[#t] = nil return item", R"({"t":[1]})", R"({"t":[]})"},
  {"table.insert(item, 4) return item", "[1,2]", "[1,2,4]"},
  {"return {is_array(item.a), is_array(item.b), is_array({1})}",
   R"({"a":[],"b":{}})", "[true,false,true]"},
  // Keys in the order of the item, others behind, by their bytes.
  {"return {b = 1, z = 2, a = 3, y = 4}", R"({"z":0,"b":0})",
   R"({"z":2,"b":1,"a":3,"y":4})"},
  {"item.new = 1 item.also = 2 return item", R"({"z":1,"\u0062":2,"a":3})",
   R"({"z":1,"b":2,"a":3,"also":2,"new":1})"},
  {"local s = '' for k, v in pairs(item) do s = s .. k .. v end return s",
   R"({"z":1,"b":2,"a":3})", R"("z1b2a3")"},
  {"local s = '' for k in pairs({[3] = 1, [1] = 1, x = 1, [2.5] = 1}) do "
   "s = s .. k .. ' ' end return s",
   "{}", R"("1 2.5 3 x ")"},
  {"for k in pairs(item) do item[k] = nil end return item", R"({"a":1,"b":2})",
   "{}"},
  {"local n = 0 for i, v in ipairs(item) do n = n + i * v end return n",
   "[5,6]", "17"},
  // Text.
  {"return ('äÖ'):upper() .. lower('ÀB') .. trim('  x ')", "{}", R"("ÄÖàbx")"},
  {"return {#item, utf8.len(item), item:sub(1, 1)}", "\"é\"", ""},
  {"return string.format('%05.1f %d %s %q', 1.25, 7, 'x', 'y')", "{}",
   R"("001.2 7 x \"y\"")"},
  {"return ('a,b,c'):gsub(',', ';')", "{}", R"("a;b;c")"},
  {"return {('k = v'):match('^(%w+)%s*=%s*(%w+)$')}", "{}", R"(["k","v"])"},
  {"local t = {} for w in ('one two  three'):gmatch('%a+') do "
   "t[#t + 1] = w end return t",
   "{}", R"(["one","two","three"])"},
  {"return {('hello world'):find('o w')}", "{}", "[5,7]"},
  {"return {('a.b'):find('.', 1, true)}", "{}", "[2,2]"},
  {"return {('hello'):find('l+')}", "{}", "[3,4]"},
  {"return ('hello world'):gsub('%w+', '<%0>')", "{}", R"("<hello> <world>")"},
  {"return ('abc'):gsub('%w', '%0%0', 2)", "{}", R"("aabbc")"},
  {"return ('abc'):gsub('', '-')", "{}", R"("-a-b-c-")"},
  {"return ('$name is $age'):gsub('%$(%w+)', item)",
   R"({"name":"Ada","age":36})", R"("Ada is 36")"},
  {"return ('abc'):gsub('b', function(c) return c:byte() end)", "{}",
   R"("a98c")"},
  {"return {('f(a(b)c)d'):match('%b()'), ('THE (quick) "
   "fox'):find('%f[%a]%a+')}",
   "{}", R"x(["(a(b)c)",1,3])x"},
  {"return {('  x'):match('()x()')}", "{}", "[3,4]"},
  {"return ('2026-11-25'):match('(%d+)-(%d+)-(%d+)')", "{}", R"("2026")"},
  {"return {('abcabc'):match('(a)(b)c%1%2')}", "{}", R"(["a","b"])"},
  {"return ('x-y'):match('[^%-]+$')", "{}", R"("y")"},
  {"return ('aXb'):match('%u') .. ('[]'):match('[]]')", "{}", R"("X]")"},
  {"return ('aaa'):match('a-') .. '|' .. ('aaab'):match('a-b')", "{}",
   R"("|aaab")"},
  {"return ('color colour'):gsub('colou?r', 'c')", "{}", R"("c c")"},
  {"return ('ab'):rep(3, '-')", "{}", R"("ab-ab-ab")"},
  {"return (''):rep(1e18 // 1 | 0)", "{}", R"("")"},
  {"return tostring(1) .. tostring(1.5) .. tostring(nil) .. tostring(null) "
   ".. tostring({}) .. tostring(true)",
   "{}", R"("11.5nilnulltabletrue")"},
  {"return {tonumber('0x10'), tonumber('1e1'), tonumber('z', 36)}", "{}",
   "[16,10,35]"},
  // Tables.
  {"table.sort(item) return item", "[3,1,2]", "[1,2,3]"},
  {"table.sort(item, function(a, b) return a.n > b.n end) return item",
   R"([{"n":1},{"n":3}])", R"([{"n":3},{"n":1}])"},
  {"return table.concat(item, '-')", R"(["a",1,2.5])", R"("a-1-2.5")"},
  {"return {table.unpack({1, 2, 3}, 2)}", "{}", "[2,3]"},
  {"return {select('#', 1, 2), math.floor(2.7), math.max(1, 5), 7 // 2}", "{}",
   "[2,2,5,3]"},
  // Errors can be caught, and functions defined.
  {"local ok, why = pcall(function() error('no') end) return {ok, why}", "{}",
   R"([false,"script:1: no"])"},
  {"local ok, why = pcall(error, {code = 7}) return why.code", "{}", "7"},
  {"function double(x) return x * 2 end return double(item)", "21", "42"},
  {"return load == nil and require == nil and io == nil and os == nil and "
   "debug == nil and collectgarbage == nil and dofile == nil and "
   "loadfile == nil and setmetatable == nil and getmetatable == nil and "
   "rawset == nil and next == nil and coroutine == nil and "
   "string.dump == nil and string.pack == nil and math.random == nil and "
   "print == nil and package == nil and _G == nil",
   "{}", "true"},
};

struct failure {
  std::string script;
  std::string item;
  /// Behind "/options/transform/lua: ".
  std::string reason;
};

std::ostream& operator<<(std::ostream& out, const failure& x) {
  return out << x.script << " of " << x.item;
}

const failure failures[] = {
  {"\n\nreturn item.a.b", "{}", "line 3: attempt to index a nil value"},
  {"local x = 1\nerror('no ' .. x)", "{}", "line 2: no 1"},
  {"error({})", "{}", "a table"},
  {"assert(item.ok, 'not ok')", "{}", "not ok"},
  {"return item.price * 1.1", R"({"price":"5"})",
   "line 1: attempt to perform arithmetic on a string value"},
  {"return item", "18446744073709551615", "64-bit integers do not hold"},
  {"return 0 / 0", "{}", "not a number"},
  {"return {a = {1, 1 / 0}}", "{}", "at /a/1 is a number"},
  {"return {1, nil, 3}", "{}", "holes"},
  {"return {1, a = 2}", "{}", "no element"},
  {"return array({a = 1})", "{}", "no element"},
  {"return {[1.5] = 1}", "{}", "a key that is a number"},
  {"return {[true] = 1}", "{}", "boolean"},
  {"return {f = function() end}", "{}", "at /f is a function"},
  {"return 'a\\xffb'", "{}", "not UTF-8"},
  {"local t = {} t.t = t return t", "{}", "inside of itself"},
  {"string.upper = nil", "{}", "libraries cannot be changed"},
  {"item.x.y = 1", "{}", "line 1"},
  {"return ('x'):rep(1e9 // 1 | 0)", "{}", "too long"},
  {"return ('x'):format({})", "{}", ""},
  {"return string.format('%p', 'x')", "{}", "not there"},
  {"return string.format('%s', {})", "{}", "expected"},
  {"return ('x'):match('[')", "{}", "missing in the pattern"},
  {"return ('x'):match('%')", "{}", "ends with"},
  {"return ('x'):match('(')", "{}", "not closed"},
  {"return ('x'):match(')')", "{}", "too many"},
  {"return ('x'):gsub('x', '%2')", "{}", "no capture"},
  {"return ('x'):gmatch('^x')", "{}", "without ^"},
  {"table.sort({3, 1}, math.max)", "{}", "written in Lua"},
  {"return table.unpack({}, 1, 1e8 // 1 | 0)", "{}", "more than 10000"},
  {"print('x')", "{}", "nil value (global 'print')"},
};

struct fault {
  std::string plan;
  std::string pointer;
  std::string reason;
};

std::ostream& operator<<(std::ostream& out, const fault& x) {
  return out << x.plan.substr(0, 100);
}

const fault faults[] = {
  {plan_of("local x = \n\n= 5"), "/lua", "line 3: unexpected symbol"},
  {plan_of("return ("), "/lua", "line 1:"},
  {plan_of("goto x"), "/lua", "line 1:"},
  {plan_of("\x1bLua"), "/lua", ""},
  {plan_of(std::string(1000, '(')), "/lua", ""},
  {R"({"lua":5})", "/lua", "string"},
  {R"({"lua":"return 1","steps":[]})", "/steps", "limits"},
  {R"({"limits":{}})", "", "lua"},
  {R"({"lua":"","limits":5})", "/limits", "object"},
  {R"({"lua":"","limits":{"ms":0}})", "/limits/ms", "1 to 10000"},
  {R"({"lua":"","limits":{"ms":10001}})", "/limits/ms", "1 to 10000"},
  {R"({"lua":"","limits":{"memoryBytes":1000}})", "/limits/memoryBytes",
   "integer"},
  {R"({"lua":"","limits":{"outputBytes":1.5}})", "/limits/outputBytes",
   "integer"},
  {R"({"lua":"","limits":{"stack":1}})", "/limits/stack", "unknown limit"},
  {R"({"lua":"","lua":""})", "/lua", "more than once"},
  {R"({"function":5})", "/function", "name"},
  {R"({"function":""})", "/function", "empty"},
  {R"({"function":"f","steps":[]})", "", "beside"},
  {R"({"script":"x"})", "/script", "\"lua\""},
};

} // namespace

BOOST_DATA_TEST_CASE(a_script_makes_a_new_value_or_drops_the_item, examples) {
  auto result = machine(sample.script)->apply(sample.item);
  if (sample.item == "\"é\"") { // a cut character is no text
    BOOST_TEST(!result.has_value());
    return;
  }
  BOOST_TEST_REQUIRE(result.has_value(), result.error().message);
  BOOST_TEST(*result == sample.result);
  if (!result->empty())
    BOOST_TEST(json_reader{}.check(*result).has_value());
}

BOOST_DATA_TEST_CASE(a_script_that_fails_says_where_and_why, failures) {
  auto result = machine(sample.script)->apply(sample.item);
  BOOST_TEST_REQUIRE(!result.has_value());
  BOOST_TEST((result.error().code == ec::transform_failed));
  const auto& message = result.error().message;
  BOOST_TEST(message.starts_with("/options/transform/lua: "), message);
  BOOST_TEST((message.find(sample.reason) != std::string::npos), message);
}

BOOST_DATA_TEST_CASE(a_faulty_plan_is_refused_with_its_position, faults) {
  auto plan = transform_plan::parse(sample.plan);
  BOOST_TEST_REQUIRE(!plan.has_value());
  BOOST_TEST((plan.error().code == ec::invalid_option));
  BOOST_TEST(plan.error().pointer == "/options/transform" + sample.pointer);
  const auto& message = plan.error().message;
  BOOST_TEST(message.starts_with(plan.error().pointer + ": "), message);
  BOOST_TEST((message.find(sample.reason) != std::string::npos), message);
}

BOOST_AUTO_TEST_CASE(no_item_sees_what_another_one_left) {
  auto aut = machine("count = (count or 0) + 1 "
                     "item.seen = count "
                     "_ENV.string = nil "
                     "return item");
  for (int i = 0; i < 3; ++i)
    BOOST_TEST(*aut->apply("{}") == R"({"seen":1})");
}

BOOST_AUTO_TEST_CASE(an_item_that_fails_does_not_harm_the_next_one) {
  auto aut = machine("if item == 1 then while true do end end "
                     "if item == 2 then local t = {} "
                     "while true do t[#t + 1] = {} end end "
                     "if item == 3 then error('no') end "
                     "return item",
                     R"({"ms":20})");
  for (const auto* item : {"0", "1", "4", "2", "4", "3", "4"}) {
    auto result = aut->apply(item);
    auto fails = *item >= '1' && *item <= '3';
    BOOST_TEST(result.has_value() == !fails);
  }
}

BOOST_AUTO_TEST_CASE(a_function_of_the_program_is_called_by_its_name) {
  transform_functions known{
    {"double",
     [](std::string_view item) -> expected<std::string> {
       return std::to_string(2 * std::stoi(std::string{item}));
     }},
    {"broken",
     [](std::string_view) -> expected<std::string> { return "{oops"; }},
    {"drop", [](std::string_view) -> expected<std::string> { return ""; }},
  };
  auto use = [&](const std::string& name, std::string_view item) {
    auto plan = transform_plan::parse("{\"function\":\"" + name + "\"}");
    BOOST_TEST_REQUIRE(plan.has_value());
    BOOST_TEST(check_function(*plan, known).has_value()
               == known.contains(name));
    return make_transformer(*plan, known)->apply(item);
  };
  BOOST_TEST(*use("double", "21") == "42");
  BOOST_TEST(use("drop", "1")->empty());
  BOOST_TEST(!use("double", "\"x\"").has_value()); // throws
  BOOST_TEST(!use("broken", "1").has_value());
  auto unknown = use("other", "1");
  BOOST_TEST_REQUIRE(!unknown.has_value());
  BOOST_TEST((unknown.error().message.find("broken, double, drop")
              != std::string::npos));
}
