#include "actors/api/block_source.hpp"

#include "actors/api/answers.hpp"
#include "actors/dead_letters.hpp"
#include "actors/queries/export_stream.hpp"
#include "actors/queries/job_streams.hpp"

namespace batch::api {

namespace {

using block_source_pointer
  = block_session_actor::stateful_pointer<block_source_state>;

expected<byte_stream_ptr> export_of(const api_context& context,
                                    const export_query& query) {
  auto request = export_request_of(query);
  if (!request)
    return fail(request);
  auto begun = begin_export(context.store, std::move(*request));
  if (!begun)
    return fail(begun);
  return std::move(begun->stream);
}

/// @param make makes the stream of a store and a job number.
template <class Make>
expected<byte_stream_ptr> stream_of_job(const api_context& context,
                                        const std::string& text, Make make) {
  auto id = read_job_id(text);
  if (!id)
    return fail(id);
  auto number = find_job_number(*context.store, *id);
  if (!number)
    return fail(number);
  return make(context.store, *number);
}

caf::result<block_source_actor> begin(block_source_pointer self,
                                      expected<byte_stream_ptr> stream) {
  if (!stream) {
    self->quit();
    return to_caf(stream.error());
  }
  end_with_sender(self);
  self->state.stream = std::move(*stream);
  self->state.session.use();
  return block_source_actor{self};
}

/// Reads on until there is a whole block, and more than that, so that the last
/// one is known to be it.
expected<byte_block> next_block(block_source_state& st) {
  while (st.more && st.ahead.size() <= rpc_bytes_max) {
    auto more = st.stream->read(st.ahead);
    if (!more)
      return fail(more);
    st.more = *more;
  }
  byte_block block;
  if (st.ahead.size() <= rpc_bytes_max) {
    block.bytes = std::move(st.ahead);
    block.last = true;
  } else {
    block.bytes = st.ahead.substr(0, rpc_bytes_max);
    st.ahead.erase(0, rpc_bytes_max);
  }
  return block;
}

} // namespace

block_session_actor::behavior_type block_source(block_source_pointer self,
                                                api_context_ptr context) {
  follow_house_rules(self, context->options.on_stray);
  auto& c = *context;
  self->state.context = std::move(context);
  return {
    [self](atom::next_atom) -> caf::result<byte_block> {
      auto block = next_block(self->state);
      if (!block || block->last)
        self->quit();
      self->state.session.use();
      return to_result(std::move(block));
    },
    [self](atom::abandon_atom) { self->quit(); },
    [self, &c](atom::export_atom, const export_query& query) {
      return begin(self, export_of(c, query));
    },
    [self, &c](atom::results_atom, const std::string& id) {
      return begin(self, stream_of_job(c, id, [](auto store, uint64_t job) {
                     return make_results_stream(std::move(store), job);
                   }));
    },
    [self, &c](atom::errors_atom, const std::string& id) {
      return begin(self, stream_of_job(c, id, make_errors_stream));
    },
    [self, &c](atom::tick_atom) {
      end_if_idle(self, self->state.session, c.options.idle_limit);
    },
  };
}

} // namespace batch::api
