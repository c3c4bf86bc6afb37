// Scripts that mean harm. None may take more than its limits, read a file, or
// end the process.
#include "actors/transforms/transform_plan.hpp"

#include "codecs/json_writer.hpp"
#include "codecs/limits.hpp"

#include <ctime>
#include <fstream>
#include <ostream>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace batch;

namespace {

struct hostile {
  /// Why it might do harm.
  std::string name;
  std::string script;
};

std::ostream& operator<<(std::ostream& out, const hostile& x) {
  return out << x.name;
}

/// A megabyte of one letter, as the beginning of a script.
const std::string megabyte = "local s = ('a'):rep(1000000) ";

const hostile scripts[] = {
  // Time.
  {"endless loop", "while true do end"},
  {"endless repeat", "repeat until false"},
  {"endless goto", "::a:: goto a"},
  {"endless numeric loop", "for i = 1, math.huge do end"},
  {"loop in pcall",
   "while true do pcall(function() while true do end end) end"},
  {"pcall of pcall",
   "local function f() while true do pcall(f) end end pcall(f) return 1"},
  {"error handler loop", "while true do pcall(error, 'x') end"},
  {"endless tail call", "local function f() return f() end return f()"},
  {"endless recursion", "local function f() return 1 + f() end return f()"},
  {"mutual recursion with pcall",
   "local f function f() pcall(f) pcall(f) end f()"},
  {"endless iterator", "for x in function() return 1 end do end"},
  {"fibonacci",
   "local function f(n) return n < 2 and n or f(n - 1) + f(n - 2) end "
   "return f(60)"},
  // Time inside of C.
  {"exponential pattern",
   "return (('a'):rep(30)):find(('a?'):rep(30) .. ('a'):rep(30))"},
  {"pattern of the handbooks",
   "return (('a'):rep(5000)):find(('.-'):rep(8) .. 'b')"},
  {"quadratic pattern", megabyte + "return s:find('.-b')"},
  {"greedy pattern", megabyte + "return s:match('.*.*.*b')"},
  {"balanced pattern", "return (('('):rep(500000)):match('%b()')"},
  {"back reference", megabyte + "return s:match('(a*)%1b')"},
  {"gsub without end", megabyte + "return s:gsub('', s)"},
  {"gsub of gsub", megabyte + "while true do s = s:gsub('a', 'a') end"},
  {"gmatch", megabyte + "while true do for x in s:gmatch('a') do end end"},
  {"long set", megabyte + "return s:match('[' .. s .. ']*b')"},
  {"deep pattern", "return ('x'):match(('(x'):rep(1000))"},
  {"many captures", "return ('x'):match(('()'):rep(100))"},
  {"rep of nothing", "return (''):rep(1 << 62)"},
  {"rep of nothing with nothing between", "return (''):rep(1 << 62, '')"},
  {"comparison of long strings", megabyte
                                   + "local t = s .. 'b' s = s .. 'c' "
                                     "while true do local x = s < t end"},
  {"equality of long strings", megabyte
                                 + "local t = ('a'):rep(1000000) "
                                   "while true do local x = s == t end"},
  {"concatenation", megabyte + "while true do local x = s .. 'b' end"},
  {"upper of long strings", megabyte + "while true do upper(s) end"},
  {"reverse of long strings", megabyte + "while true do s:reverse() end"},
  {"lengths of long strings", megabyte + "while true do utf8.len(s) end"},
  {"numbers from long strings", megabyte + "while true do tonumber(s) end"},
  {"arithmetic on long strings",
   "local s = ('1'):rep(1000000) while true do local x = s + 1 end"},
  {"sort by an inconsistent order",
   "local t = {} for i = 1, 50000 do t[i] = i % 7 end "
   "table.sort(t, function(a, b) return true end) return 1"},
  {"sort of much",
   "local t = {} for i = 1, 200000 do t[i] = -i end table.sort(t) "
   "while true do table.sort(t, function(a, b) return a > b end) "
   "table.sort(t) end"},
  {"insert at the front",
   "local t = {} while true do table.insert(t, 1, 1) end"},
  {"remove from the front",
   "local t = {} for i = 1, 100000 do t[i] = i end "
   "while true do table.remove(t, 1) t[#t + 1] = 1 end"},
  {"concat of nothing", "return table.concat({}, 'x', 1, 1 << 62)"},
  {"unpack of much", "return table.unpack({}, 1, 1 << 62)"},
  {"unpack without end", "local t = {} for i = 1, 9999 do t[i] = i end "
                         "while true do math.max(table.unpack(t)) end"},
  {"pairs of much", "local t = {} for i = 1, 50000 do t['k' .. i] = i end "
                    "while true do for k in pairs(t) do end end"},
  {"pairs that fail",
   "local t = {} for i = 1, 50000 do t['k' .. i] = i end t[true] = 1 "
   "while true do pcall(pairs, t) end"},
  {"rehash again and again",
   "local t = {} for i = 1, 65536 do t['k' .. i] = i end local n = 65536 "
   "while true do t['k' .. n] = nil n = n + 1 t['k' .. n] = 1 end"},
  // Memory.
  {"table bomb", "local t = {} while true do t[#t + 1] = {} end"},
  {"table bomb in pcall", "local t = {} while true do pcall(function() "
                          "while true do t[#t + 1] = {} end end) end"},
  {"string bomb", "local s = 'x' while true do s = s .. s end"},
  {"string bomb in pcall",
   "local s = 'x' while true do pcall(function() s = s .. s end) end"},
  {"table of strings",
   "local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1000) .. i end"},
  {"closure bomb",
   "local f while true do local g = f f = function() return g end end"},
  {"concat bomb", megabyte
                    + "local t = {} for i = 1, 100 do t[i] = s end "
                      "return table.concat(t)"},
  {"stack bomb",
   "local function f(n) if n == 0 then return end return n, f(n - 1) end "
   "return {f(1e7 // 1 | 0)}"},
  {"varargs bomb",
   "local function f(...) return f(1, 2, 3, 4, ...) end return f()"},
  {"array of null", "local t = {} for i = 1, 1e8 do t[i] = null end return t"},
  {"format bomb", "return string.format(('%99d'):rep(10000), 1)"},
  // Output.
  {"long output", megabyte + "return {s, s, s}"},
  {"long escapes", "return ('\\0'):rep(1000000)"},
  {"shared tables", "local t = {1} for i = 1, 64 do t = {t, t} end return t"},
  {"table in itself", "local t = {} t[1] = t return t"},
  {"deep output", "local t = {} for i = 1, 100000 do t = {t} end return t"},
  {"many keys", "local t = {} for i = 1, 1e6 do t['k' .. i] = 1 end return t"},
  // Ways out.
  {"load", "return load('return 1')()"},
  {"loadstring", "return loadstring('return 1')()"},
  {"dofile", "return dofile('/etc/passwd')"},
  {"require", "return require('os')"},
  {"io", "return io.open('/etc/passwd'):read('a')"},
  {"os", "os.exit(1)"},
  {"debug", "debug.sethook()"},
  {"collectgarbage", "collectgarbage('stop')"},
  {"dump", "return string.dump(function() end)"},
  {"package", "return package.loadlib('/lib/libc.so.6', 'abort')"},
  {"globals of Lua", "return _G.os.getenv('HOME')"},
  {"metatable of strings", "getmetatable('').__index = nil"},
  {"finalizer", "setmetatable({}, {__gc = function() while true do end end})"},
  {"coroutine", "return coroutine.wrap(function() while true do end end)()"},
  {"methods of strings", "return ('').dump(function() end)"},
  {"address", "return string.format('%p', {})"},
  {"constant environment", "local _ENV <const> = {} x = 1 return _ENV.y.z"},
  {"environment gone", "_ENV = nil item = 1"},
  {"closing", "local x <close> = {} return 1"},
  {"integer division", "return 1 // 0"},
  {"lowest integer", "return math.mininteger // -1, math.mininteger % -1"},
};

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec)
         + 1e-9 * static_cast<double>(now.tv_nsec);
}

std::unique_ptr<item_transformer> machine(const std::string& script,
                                          const std::string& limits) {
  static const transform_functions none;
  std::string json = "{\"limits\":" + limits + ",\"lua\":";
  append_json_string(json, script);
  auto plan = transform_plan::parse(json + "}");
  BOOST_TEST_REQUIRE(plan.has_value());
  return make_transformer(*plan, none);
}

/// The most memory that the process has held since `reset_peak`, in bytes.
size_t memory_of(const std::string& field) {
  std::ifstream status{"/proc/self/status"};
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(field + ":"))
      return std::stoul(line.substr(field.size() + 1)) * 1024;
  return 0;
}

void reset_peak() {
  std::ofstream{"/proc/self/clear_refs"} << "5";
}

} // namespace

BOOST_DATA_TEST_CASE(a_hostile_script_costs_its_limits_and_no_more, scripts) {
  constexpr double limit = 0.1;
  // A tenth, and what the clock of the kernel may be off.
  constexpr double most = limit * 1.1 + 0.004;
  auto aut = machine(sample.script, R"({"ms":100})");
  expected<std::string> result;
  // What a busy machine adds, e.g. to page faults, it does not add every time;
  // what cannot be broken off takes as long each time.
  auto taken = 2 * most;
  for (int tries = 0; tries < 5 && taken >= most; ++tries) {
    auto begin = cpu_seconds();
    result = aut->apply(R"({"a":1})");
    taken = cpu_seconds() - begin;
  }
  BOOST_TEST(taken < most);
  if (result)
    BOOST_TEST(result->size() <= script_output_max);
  else
    BOOST_TEST((result.error().code == ec::transform_failed));
  if (!result)
    BOOST_TEST(result.error().message.find("root:") == std::string::npos);
}

BOOST_DATA_TEST_CASE(a_hostile_script_has_no_more_memory_than_its_limit,
                     scripts) {
  constexpr size_t limit = 32 << 20;
  // Once before, for what the libraries of the process keep.
  machine("return 1", "{}")->apply("{}");
  auto aut = machine(sample.script, R"({"ms":300,"memoryBytes":33554432})");
  reset_peak();
  auto before = memory_of("VmRSS");
  aut->apply(R"({"a":1})");
  auto peak = memory_of("VmHWM");
  // A tenth, and one value on its way out.
  BOOST_TEST(peak < before + limit + limit / 10 + 8 * script_output_max);
}

BOOST_AUTO_TEST_CASE(limits_may_be_small_or_large) {
  auto ms = [](int limit) {
    auto aut
      = machine("while true do end", "{\"ms\":" + std::to_string(limit) + "}");
    auto begin = cpu_seconds();
    BOOST_TEST(!aut->apply("{}").has_value());
    return (cpu_seconds() - begin) * 1000;
  };
  BOOST_TEST(ms(1) < 6);
  BOOST_TEST(ms(300) > 290);
  auto fill = "local t = {} for i = 1, 30000 do t[i] = i end return #t";
  BOOST_TEST(
    machine(fill, R"({"memoryBytes":4194304})")->apply("1").has_value());
  auto more = "local t = {} for i = 1, 300000 do t[i] = i end return #t";
  auto small = machine(more, R"({"memoryBytes":4194304})")->apply("1");
  BOOST_TEST_REQUIRE(!small.has_value());
  BOOST_TEST((small.error().message.find("limit of 4194304 bytes")
              != std::string::npos));
  auto output = machine("return 'abcdef'", R"({"outputBytes":7})")->apply("1");
  BOOST_TEST_REQUIRE(!output.has_value());
  BOOST_TEST(
    (output.error().message.find("limit of 7 bytes") != std::string::npos));
}

BOOST_AUTO_TEST_CASE(an_item_that_is_too_large_for_a_script_fails_alone) {
  std::string item = "[";
  for (int i = 0; i < 200'000; ++i)
    item += i == 0 ? "{}" : ",{}";
  item += "]";
  auto aut = machine("return #item", "{}");
  BOOST_TEST(!aut->apply(item).has_value());
  BOOST_TEST(*aut->apply("[1]") == "1");
}

BOOST_AUTO_TEST_CASE(broken_items_do_no_harm) {
  auto aut = machine("return item", "{}");
  for (std::string item :
       {"", "{", "[", "\"", "{\"a\"", "{\"a\":", "{\"a\":1", "[1,", "[1", "tru",
        "\"\\", "-", "+", "1-", "{1:2}", "[}", "nul", "\"\\u12"})
    aut->apply(item);
  auto deep = std::string(100'000, '[');
  BOOST_TEST(!aut->apply(deep).has_value());
  BOOST_TEST(*aut->apply("1") == "1");
}
