#include "lab/runner/sandbox_probe.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <system_error>

#include "lab/runner/id_map.h"
#include "lab/runner/process.h"

namespace lab {
namespace {

SandboxResult TrySandbox() {
  const std::atomic<bool> never = false;
  const auto probe = [&](bool root) {
    const ProcessResult result =
        RunProcess({.argv = {"/bin/true"},
                    .sandbox = SandboxSpec{.root = root, .sockets = {{.address = "127.0.0.1", .port = 25}}},
                    .on_sockets =
                        [](const std::vector<int>& sockets) {
                          std::ranges::for_each(sockets, close);
                          return std::nullopt;
                        }},
                   never);
    // A sandbox in which nothing can be started is none.
    return result.started ? result.sandbox : SandboxResult{.error = result.sandbox.error, .step = result.sandbox.step};
  };
  SandboxResult one = probe(false);
  if (one.kind == SandboxKind::kPrivate && FindIdRange() && probe(true).kind == SandboxKind::kPrivate) {
    one.kind = SandboxKind::kPrivateWithIds;
  }
  return one;
}

}  // namespace

SandboxResult ProbeSandbox() {
  static const SandboxResult result = TrySandbox();
  return result;
}

std::string SandboxAdvice(const SandboxResult& sandbox) {
  switch (sandbox.kind) {
    case SandboxKind::kPrivateWithIds:
      return "";
    case SandboxKind::kPrivate:
      return "clients that want to be root are skipped: only one user id can be mapped (install uidmap, and give the "
             "user a range in /etc/subuid and /etc/subgid)";
    case SandboxKind::kNone:
      break;
  }
  const std::string step = sandbox.step.empty() ? "private namespaces" : sandbox.step;
  return fmt::format(
      "no sandbox here ({}: {}). Commands run unconfined, with the fake server on a high port, and names are not "
      "mapped: only clients that take {{address}} can be tested, all others are skipped. Where user namespaces are "
      "switched off, sysctl kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0 or "
      "user.max_user_namespaces=10000 switches them on; in a container, --privileged does",
      step, std::generic_category().message(sandbox.error));
}

}  // namespace lab
