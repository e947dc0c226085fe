#include "lab/runner/sandbox.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/bytestring.h>
#include <openssl/x509.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <system_error>

#include "certs/issue.h"
#include "lab/runner/id_map.h"

namespace lab {
namespace {

namespace fs = std::filesystem;
using Kind = SandboxStep::Kind;

// Where the machine's own /etc stands inside; the client's /etc links into it.
constexpr std::string_view kHostEtc = ".host/etc";

std::string ReadWhole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The file name by which OpenSSL finds an anchor in a folder (openssl-rehash(1)); nothing if it is no certificate.
std::optional<std::string> HashName(const certs::Bytes& der) {
  const uint8_t* in = der.data();
  bssl::UniquePtr<X509> certificate(d2i_X509(nullptr, &in, static_cast<long>(der.size())));
  if (certificate == nullptr) {
    return std::nullopt;
  }
  return fmt::format("{:08x}", X509_NAME_hash(X509_get_subject_name(certificate.get())));
}

// Writes a plan step by step; a folder is made before what stands in it, and only once.
class Planner {
 public:
  void Folder(const std::string& path, mode_t mode = 0755) {
    if (path.empty() || path == "." || !folders_.insert(path).second) {
      return;
    }
    Folder(fs::path(path).parent_path());
    plan.steps.push_back({.kind = Kind::kFolder, .path = path, .mode = mode});
  }
  void Link(const std::string& path, const std::string& target) {
    if (Take(path)) {
      plan.steps.push_back({.kind = Kind::kLink, .path = path, .text = target});
    }
  }
  void File(const std::string& path, std::string content, mode_t mode = 0644) {
    if (Take(path)) {
      plan.steps.push_back({.kind = Kind::kFile, .path = path, .text = std::move(content), .mode = mode});
    }
  }
  // Shows `source` at `path`, read-only.
  void Bind(const std::string& source, const std::string& path) {
    std::error_code error;
    if (fs::is_directory(source, error)) {
      Folder(path);
    } else if (fs::exists(source, error)) {
      File(path, "");
    } else {
      return;
    }
    if (bound_.insert(path).second) {
      plan.binds.push_back({.kind = Kind::kBind, .path = path, .text = source});
    }
  }
  bool Has(const std::string& path) const { return folders_.contains(path) || files_.contains(path); }

  SandboxPlan plan;

 private:
  // The first file at a path counts.
  bool Take(const std::string& path) {
    if (Has(path)) {
      return false;
    }
    Folder(fs::path(path).parent_path());
    files_.insert(path);
    return true;
  }

  std::set<std::string> folders_, files_, bound_;
};

// What the machine's programs are made of.
void AddSystem(Planner& planner) {
  for (const std::string name : {"usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32", "opt", "nix", "gnu"}) {
    std::error_code error;
    const fs::path path = "/" + name;
    if (fs::is_symlink(path, error)) {
      planner.Link(name, fs::read_symlink(path, error));
    } else {
      planner.Bind(path, name);
    }
  }
  for (const char* device : {"null", "zero", "full", "random", "urandom"}) {
    planner.Bind(std::string("/dev/") + device, std::string("dev/") + device);
  }
  planner.Link("dev/fd", "/proc/self/fd");
  planner.Link("dev/stdin", "/proc/self/fd/0");
  planner.Link("dev/stdout", "/proc/self/fd/1");
  planner.Link("dev/stderr", "/proc/self/fd/2");
  for (const char* folder : {"proc", "run", "dev/shm", "var/log", "var/mail", "var/spool", "var/lib", "var/cache"}) {
    planner.Folder(folder);
  }
  for (const char* folder : {"tmp", "var/tmp"}) {
    planner.Folder(folder, 01777);
  }
  planner.Link("var/run", "/run");
}

// The rest of the machine's /etc, linked: of a folder that has files of ours, each of its other entries.
void LinkHostEtc(Planner& planner, const fs::path& below) {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator("/etc" / below, error)) {
    const fs::path name = below / entry.path().filename();
    const std::string inside = "etc" / name;
    if (!planner.Has(inside)) {
      planner.Link(inside, "/" + std::string(kHostEtc) + "/" + name.string());
    } else if (entry.is_directory(error) && !entry.is_symlink(error)) {
      LinkHostEtc(planner, name);
    }
  }
}

void AddTrust(Planner& planner, const std::vector<certs::Bytes>& anchors) {
  const std::string pem = certs::CertificatesToPem(anchors);
  for (const char* path :
       {"etc/ssl/certs/ca-certificates.crt", "etc/pki/tls/certs/ca-bundle.crt", "etc/ssl/cert.pem"}) {
    planner.File(path, pem);
  }
  for (const certs::Bytes& anchor : anchors) {
    const std::optional<std::string> hash = HashName(anchor);
    for (int n = 0; hash; ++n) {
      const std::string path = fmt::format("etc/ssl/certs/{}.{}", *hash, n);
      if (!planner.Has(path)) {
        planner.File(path, certs::CertificatesToPem(std::vector<certs::Bytes>{anchor}));
        break;
      }
    }
  }
}

void AddEtc(Planner& planner, const SandboxSpec& spec) {
  planner.File("etc/hosts", HostsFile(spec.names));
  planner.File("etc/resolv.conf", "nameserver 127.0.0.1\noptions timeout:2 attempts:2 trust-ad\n");
  planner.File("etc/nsswitch.conf", WithHostsFrom(ReadWhole("/etc/nsswitch.conf"), spec.dns ? "files dns" : "files"));
  planner.File("etc/passwd", WithLabUsers(ReadWhole("/etc/passwd"), spec.home));
  planner.File("etc/group", WithLabGroups(ReadWhole("/etc/group")));
  planner.File("etc/hostname", "client\n");
  planner.File("etc/mailname", "client.test\n");
  planner.File("etc/gitconfig", "");  // nobody's settings but the run's own
  AddTrust(planner, spec.anchors);
  planner.Bind("/etc", std::string(kHostEtc));
  // Of /etc/ssl/certs nothing else may remain: it is the trust store.
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator("/etc", error)) {
    const std::string name = entry.path().filename();
    const std::string inside = "etc/" + name;
    if (!planner.Has(inside)) {
      planner.Link(inside, "/" + std::string(kHostEtc) + "/" + name);
    } else if (name != "ssl" && entry.is_directory(error) && !entry.is_symlink(error)) {
      LinkHostEtc(planner, name);
    }
  }
  for (const fs::directory_entry& entry : fs::directory_iterator("/etc/ssl", error)) {
    const std::string name = entry.path().filename();
    if (name != "certs" && name != "private") {
      planner.Link("etc/ssl/" + name, "/" + std::string(kHostEtc) + "/ssl/" + name);
    }
  }
}

std::optional<BoundSocket> Resolve(const SandboxSocket& socket) {
  BoundSocket bound{.type = socket.datagram ? SOCK_DGRAM : SOCK_STREAM, .door = socket.door};
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  if (inet_pton(AF_INET, socket.address.c_str(), &v4.sin_addr) == 1 && socket.address.starts_with("127.")) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(socket.port);
    bound.size = sizeof v4;
    std::memcpy(&bound.address, &v4, sizeof v4);
    return bound;
  }
  if (socket.address == "::1" && inet_pton(AF_INET6, socket.address.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(socket.port);
    bound.size = sizeof v6;
    std::memcpy(&bound.address, &v6, sizeof v6);
    return bound;
  }
  return std::nullopt;
}

std::string Relative(const std::string& absolute) { return fs::path(absolute).lexically_normal().relative_path(); }

// "/usr/bin" is there with /usr.
bool IsOfTheSystem(const std::string& path) {
  return std::ranges::any_of(std::array<std::string_view, 9>{"/usr/", "/bin/", "/sbin/", "/lib/", "/lib64/", "/opt/",
                                                             "/etc/", "/nix/", "/gnu/"},
                             [&](std::string_view root) { return (path + "/").starts_with(root); });
}

// Below another of these, and so shown with it.
bool IsWithin(const std::string& path, const std::vector<std::string>& folders) {
  return std::ranges::any_of(folders, [&](const std::string& folder) { return path.starts_with(folder + "/"); });
}

void Show(Planner& planner, const std::string& path) {
  constexpr off_t kSmall = off_t{16} << 20;  // the sandbox is in memory, and has not much of it
  struct stat status{};
  const bool file = stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
  const bool for_all = (status.st_mode & S_IROTH) != 0;
  if (geteuid() == 0 && file && (status.st_size <= kSmall || !for_all)) {
    // Root may keep its programs where nobody else looks; what it asks for by name is copied.
    planner.File(Relative(path), ReadWhole(path), 0755);
    return;
  }
  planner.Bind(path, Relative(path));
}

}  // namespace

std::string_view Name(SandboxKind kind) {
  switch (kind) {
    case SandboxKind::kNone:
      return "none";
    case SandboxKind::kPrivate:
      return "private namespaces";
    case SandboxKind::kPrivateWithIds:
      return "private namespaces with a range of ids";
  }
  return "?";
}

bool MayBeVisible(const std::string& folder) {
  struct stat status{};
  if (geteuid() == 0 && stat(folder.c_str(), &status) == 0 &&
      (status.st_mode & (S_IROTH | S_IXOTH)) != (S_IROTH | S_IXOTH)) {
    return false;
  }
  std::string path = fs::path(folder).lexically_normal();
  path += path.ends_with('/') ? "" : "/";
  std::vector<std::string> hidden = {"/", "/home/", "/root/", "/tmp/", "/var/", "/proc/", "/sys/", "/dev/", "/run/"};
  if (const char* const home = std::getenv("HOME"); home != nullptr && *home == '/') {
    hidden.push_back(fs::path(home).lexically_normal().string() + "/");
  }
  // Not one of these, and not above one of these.
  return path.starts_with('/') &&
         std::ranges::none_of(hidden, [&](const std::string& one) { return one == path || one.starts_with(path); });
}

certs::Result<SandboxPlan> MakeSandboxPlan(const SandboxSpec& spec) {
  Planner planner;
  planner.plan.root = spec.root;
  planner.plan.user = spec.root ? 0 : kLabId;
  planner.plan.group = spec.root ? 0 : kLabId;
  const auto bad = [](const std::string& path) {
    return certs::Fail(certs::ErrorCode::kBadInput,
                       fmt::format("the path {} in a sandbox must be absolute", certs::Escaped(path, 200)));
  };
  if (!spec.home.starts_with('/')) {
    return bad(spec.home);
  }
  planner.Folder(Relative(spec.home), 0700);
  AddSystem(planner);
  for (const SandboxFile& file : spec.files) {
    if (!file.path.starts_with('/')) {
      return bad(file.path);
    }
    planner.File(Relative(file.path), file.content, file.mode);
  }
  AddEtc(planner, spec);
  for (const std::string& path : spec.visible) {
    if (!path.starts_with('/')) {
      return bad(path);
    }
    if (!IsOfTheSystem(path) && !IsWithin(path, spec.visible)) {
      Show(planner, path);
    }
  }
  for (const SandboxSocket& socket : spec.sockets) {
    const auto bound = Resolve(socket);
    if (!bound) {
      return certs::Fail(certs::ErrorCode::kBadInput,
                         fmt::format("{} is no loopback address", certs::Escaped(socket.address, 60)));
    }
    planner.plan.sockets.push_back(*bound);
  }
  return std::move(planner.plan);
}

}  // namespace lab
