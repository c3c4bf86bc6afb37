// How the COMMITTER grants namespaces to models.
#include "actors/vector_claims.hpp"

#include "codecs/stamped.hpp"
#include "tests/actors/service_fixture.hpp"
#include "tests/storage/passing_reader.hpp"

using namespace batch;
using namespace batch::test;

namespace {

/// A store whose disk is full after some more writes.
class filling_store : public passing_reads<store> {
public:
  explicit filling_store(store_ptr in) : passing_reads{in}, in_(in) {}

  expected<uint64_t> take_over() override { return in_->take_over(); }

  commit_status commit(const write_batch& changes, durability d,
                       uint64_t term) override {
    if (writes_left == 0)
      return commit_status::no_space;
    --writes_left;
    return in_->commit(changes, d, term);
  }

  size_t writes_left = SIZE_MAX;

private:
  store_ptr in_;
};

struct claims_fixture {
  /// A claim that is answered some time.
  auto begin(const std::string& model, bool force = false) {
    return self->request(service.actors.committer, std::chrono::minutes{60},
                         atom::claim_atom_v,
                         std::make_shared<const vector_claim>(
                           vector_claim{"n", {model, 2, 0}, force}));
  }

  /// Nothing if it is granted.
  std::optional<ec> answer(const std::string& model) {
    auto got
      = service.ask_actor<void>(service.actors.committer, atom::claim_atom_v,
                                std::make_shared<const vector_claim>(
                                  vector_claim{"n", {model, 2, 0}, false}));
    return got ? std::nullopt : std::optional{got.error().code};
  }

  std::shared_ptr<filling_store> store
    = std::make_shared<filling_store>(make_memory_store());
  virtual_service service{store};
  caf::scoped_actor self{service.system};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(vector_claims_test, claims_fixture)

BOOST_AUTO_TEST_CASE(a_grant_that_waits_for_the_disk_is_not_forgotten) {
  store->writes_left = 1;
  begin("first");
  // What may come too late is written apart: the disk is full by then.
  auto late = std::make_shared<commit_unit>();
  late->late = true;
  auto stamp = make_stamp(1, 0, "{}");
  late->changes.put(family::things, keys::named("n", "a"),
                    {{stamp.data(), stamp.size()}, "{}"});
  caf::anon_send(service.actors.committer, atom::commit_atom_v,
                 commit_unit_ptr{late});
  begin("second", true);
  service.scheduler.run();
  BOOST_REQUIRE(store->writes_left == 0u);
  auto stored = find_namespace_model(*store, "n");
  BOOST_REQUIRE(stored && *stored);
  BOOST_TEST((*stored)->model == "first");
  auto refused = begin("first");
  service.scheduler.run();
  store->writes_left = SIZE_MAX;
  BOOST_TEST(!answer("second"));
  auto code = ec::internal;
  refused.receive([] {},
                  [&](const caf::error& why) { code = from_caf(why).code; });
  BOOST_TEST(code == ec::conflict);
  BOOST_TEST((answer("first") == ec::conflict));
}

BOOST_AUTO_TEST_SUITE_END()
