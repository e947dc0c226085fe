// What an Issuer remembers things by, and where: whole specs in their canonical form, compared octet by octet. For
// issue.cc and its tests only.
#pragma once

#include <cstddef>
#include <functional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "certs/bytes.h"
#include "certs/canonical.h"
#include "certs/spec.h"

namespace certs {

// The canonical form of a chain, and which part of it is which node's: it is the nodes' own, one after the other.
class CanonicalChain {
 public:
  explicit CanonicalChain(const ChainSpec& spec) : first_(spec.certs.data()) {
    ForEachMember(spec, [&](std::string_view, const auto& member) { Add(member); });
  }

  ByteView whole() const { return whole_.octets(); }
  // `node` is one of the spec's own, not a copy.
  ByteView Node(const CertSpec& node) const {
    const auto index = static_cast<size_t>(&node - first_);
    return whole().subspan(starts_[index], starts_[index + 1] - starts_[index]);
  }

 private:
  template <typename T>
  void Add(const T& member) {
    AppendCanonical(whole_, member);
  }
  void Add(const std::vector<CertSpec>& nodes) {
    AppendCanonical(whole_, nodes.size());
    starts_.reserve(nodes.size() + 1);
    for (const CertSpec& node : nodes) {
      starts_.push_back(whole_.size());
      AppendCanonical(whole_, node);
    }
    starts_.push_back(whole_.size());
  }

  const CertSpec* first_;
  Canonical whole_{4096};       // the usual chain: one allocation
  std::vector<size_t> starts_;  // of the nodes, and behind the last
};

// Octets to find something by, hashed once.
struct MemoKey {
  explicit MemoKey(ByteView key) : octets(key), hash(std::hash<std::string_view>()(AsText(key))) {}

  ByteView octets;  // borrowed
  size_t hash;
};

// Values by keys of which no two are equal. Its owner empties it when it is full. Not thread-safe.
template <typename Value>
class Remembered {
 public:
  // Enough for every catalogue; a bound for fuzzers, which issue a new chain every time.
  static constexpr size_t kMost = 8192;

  bool full() const { return values_.size() >= kMost; }
  void Clear() { values_.clear(); }
  // Nullptr if there is none; valid until the next Keep() or Clear().
  const Value* Find(const MemoKey& key) const {
    const auto found = values_.find(key);
    return found == values_.end() ? nullptr : &found->second;
  }
  // `key` is not in it yet.
  void Keep(const MemoKey& key, Value value) {
    values_.emplace(Owned{Bytes(key.octets.begin(), key.octets.end()), key.hash}, std::move(value));
  }

 private:
  struct Owned {
    Bytes octets;
    size_t hash;
  };
  struct Hash {
    using is_transparent = void;
    size_t operator()(const auto& key) const { return key.hash; }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const auto& a, const auto& b) const {
      return a.hash == b.hash && AsText(a.octets) == AsText(b.octets);
    }
  };

  std::unordered_map<Owned, Value, Hash, Equal> values_;
};

}  // namespace certs
