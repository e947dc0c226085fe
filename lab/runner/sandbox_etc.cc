// The texts of /etc in a sandbox.
#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lab/runner/id_map.h"
#include "lab/runner/sandbox.h"
#include "lab/verifier/idna.h"

namespace lab {
namespace {

// Users and groups of the mail transport agents, as Debian's packages make them; ids from the range for packages.
struct SystemId {
  std::string_view name;
  int id;
};
constexpr SystemId kUsers[] = {
    {"postfix", 910}, {"opensmtpd", 911}, {"opensmtpq", 912}, {"Debian-exim", 913}, {"nullmail", 914}};
constexpr SystemId kGroups[] = {{"postfix", 910},     {"opensmtpd", 911}, {"opensmtpq", 912},
                                {"Debian-exim", 913}, {"nullmail", 914},  {"postdrop", 915}};

bool IsIpLiteral(const std::string& text) {
  std::array<uint8_t, 16> octets;
  return inet_pton(AF_INET, text.c_str(), octets.data()) == 1 || inet_pton(AF_INET6, text.c_str(), octets.data()) == 1;
}

bool FitsAHostsFile(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](unsigned char c) { return c > 0x20 && c != 0x7f && c != '#'; });
}

template <typename Use>
void ForEachLine(std::string_view text, Use use) {
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    use(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

// The nth field of a line of passwd(5) or group(5).
std::string_view Field(std::string_view line, size_t n) {
  for (; n > 0; --n) {
    const size_t colon = line.find(':');
    line = colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
  }
  return line.substr(0, line.find(':'));
}

}  // namespace

std::string HostsFile(const std::vector<std::string>& references) {
  std::string text = "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n127.0.0.1 client\n";
  std::vector<std::string> names;
  const auto add = [&](std::string name) {
    if (FitsAHostsFile(name) && !IsIpLiteral(name) && std::ranges::count(names, name) == 0) {
      names.push_back(std::move(name));
    }
  };
  for (const std::string& reference : references) {
    add(reference);
    add(reference.substr(0, reference.find_last_not_of('.') + 1));
    if (std::ranges::any_of(reference, [](unsigned char c) { return c >= 0x80; })) {
      if (const auto ascii = verifier::ToALabels(reference)) {
        add(*ascii);
      }
    }
  }
  for (const std::string& name : names) {
    text += "127.0.0.1 " + name + "\n";
  }
  return text;
}

std::string WithHostsFrom(std::string_view nsswitch, std::string_view hosts) {
  std::string text;
  ForEachLine(nsswitch, [&](std::string_view line) {
    if (!line.starts_with("hosts:")) {
      text.append(line) += '\n';
    }
  });
  return text.append("hosts: ").append(hosts) += '\n';
}

std::string WithLabUsers(std::string_view passwd, std::string_view home) {
  std::string text = fmt::format("root:x:0:0:root:{}:/bin/sh\n", home);
  std::set<std::string, std::less<>> names = {"root", "lab"};
  ForEachLine(passwd, [&](std::string_view line) {
    const std::string_view name = Field(line, 0);
    if (!names.contains(name) && Field(line, 2) != "0" && Field(line, 2) != std::to_string(kLabId)) {
      names.emplace(name);
      text.append(line) += '\n';
    }
  });
  for (const SystemId& user : kUsers) {
    if (!names.contains(user.name)) {
      text += fmt::format("{}:x:{}:{}::/nonexistent:/usr/sbin/nologin\n", user.name, user.id, user.id);
    }
  }
  return text + fmt::format("lab:x:{}:{}:Lab:{}:/bin/sh\n", kLabId, kLabId, home);
}

std::string WithLabGroups(std::string_view group) {
  std::string text;
  std::set<std::string, std::less<>> names = {"lab"};
  ForEachLine(group, [&](std::string_view line) {
    const std::string_view name = Field(line, 0);
    if (!names.contains(name) && Field(line, 2) != std::to_string(kLabId)) {
      names.emplace(name);
      text.append(line) += '\n';
    }
  });
  for (const SystemId& one : kGroups) {
    if (!names.contains(one.name)) {
      text += fmt::format("{}:x:{}:\n", one.name, one.id);
    }
  }
  return text + fmt::format("lab:x:{}:\n", kLabId);
}

}  // namespace lab
