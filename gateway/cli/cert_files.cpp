#include "gateway/cli/cert_files.hpp"

#include "actors/cluster/certificates.hpp"
#include "codecs/json_writer.hpp"
#include "gateway/cli/new_files.hpp"
#include "gateway/cli/shell_word.hpp"
#include "gateway/cli/terminal_text.hpp"

#include <filesystem>

namespace batch::cli {

namespace {

/// Clocks of nodes may be behind ours by this.
constexpr std::chrono::hours clock_slack{1};

validity lifetime(int days) {
  auto now = std::chrono::floor<std::chrono::seconds>(
    std::chrono::system_clock::now());
  return {now - clock_slack, now + std::chrono::days{days}};
}

std::string file_in(const std::string& folder, const std::string& name) {
  auto path = std::filesystem::path{folder} / name;
  std::error_code ignored; // then the path as it stands
  auto whole = std::filesystem::absolute(path, ignored).lexically_normal();
  return ignored ? path.string() : whole.string();
}

template <class T>
tl::unexpected<failure> failed(const expected<T>& x) {
  return fail(exit_status::failed, one_line(x.error().message));
}

outcome<made_certificate> write(const certified_key& own, made_certificate made,
                                const std::string& folder) {
  if (auto there = make_folder(folder); !there)
    return fail(there);
  // The certificate last: where it is, the key is too.
  auto written = write_new_files(
    {{made.key, own.key, true}, {made.certificate, own.certificate, false}});
  if (!written)
    return fail(written);
  return made;
}

time_ms end_of(const validity& when) {
  return std::chrono::milliseconds{when.until.time_since_epoch()}.count();
}

std::string flags_of(const made_certificate& made) {
  return " --cluster-cert " + shell_word(made.certificate) + " --cluster-key "
         + shell_word(made.key) + " --cluster-ca " + shell_word(made.ca);
}

} // namespace

outcome<made_certificate> make_ca_files(const certificate_order& order) {
  auto when = lifetime(order.days);
  auto own = make_authority(when);
  if (!own)
    return failed(own);
  auto certificate = file_in(order.folder, "ca.pem");
  return write(*own,
               {{},
                certificate,
                file_in(order.folder, "ca.key"),
                certificate,
                end_of(when)},
               order.folder);
}

outcome<made_certificate> make_node_files(const certificate_order& order) {
  if (!is_member_name(order.name) || order.name == "ca")
    return wrong_usage("NAME: '" + one_line(order.name)
                       + "' cannot be the name of a node; take 1 to 64 "
                         "letters, digits, '.', '-' and '_', the first of "
                         "them a letter or a digit, and not 'ca'");
  auto ca
    = read_pem("CA", file_in(order.folder, "ca.pem"), pem_access::everybody);
  if (!ca)
    return failed(ca);
  auto ca_key = read_pem("key of the CA", file_in(order.folder, "ca.key"),
                         pem_access::owner_only);
  if (!ca_key)
    return failed(ca_key);
  auto when = lifetime(order.days);
  auto own = make_member(order.name, when, *ca, *ca_key);
  if (!own)
    return failed(own);
  auto folder = order.out.empty() ? order.folder : order.out;
  return write(*own,
               {order.name, file_in(folder, order.name + ".pem"),
                file_in(folder, order.name + ".key"), ca->path, end_of(when)},
               folder);
}

std::string certificate_text(const made_certificate& made) {
  auto text = "made " + shell_word(made.certificate) + " and "
              + shell_word(made.key) + ", valid until "
              + format_time(made.valid_until) + '\n';
  if (made.name.empty()) {
    auto folder
      = std::filesystem::path{made.certificate}.parent_path().string();
    text += "ca.pem goes to every node. Keep ca.key to yourself: whoever has "
            "it can make members.\n"
            "next, for each node: batchd cert node NAME "
            + shell_word(folder) + '\n';
  } else {
    text += "the coordinator: batchd serve --cluster HOST:PORT" + flags_of(made)
            + "\na worker node:   batchd join HOST:PORT" + flags_of(made)
            + '\n';
  }
  return text;
}

std::string certificate_json(const made_certificate& made) {
  std::string text;
  json_writer w{text};
  w.begin_object().key("success").boolean(true);
  if (!made.name.empty())
    w.key("name").string(made.name);
  w.key("certificate").string(made.certificate);
  w.key("key").string(made.key);
  w.key("ca").string(made.ca);
  w.key("validUntil").string(format_time(made.valid_until)).end_object();
  return text;
}

} // namespace batch::cli
