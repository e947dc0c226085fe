#include "fakeserver/key_share.h"

#include <openssl/curve25519.h>
#include <openssl/ec.h>
#include <openssl/ec_key.h>
#include <openssl/ecdh.h>
#include <openssl/err.h>
#include <openssl/nid.h>

#include <algorithm>

namespace fakeserver {
namespace {

int CurveOf(uint16_t group) {
  switch (group) {
    case kSecp256r1:
      return NID_X9_62_prime256v1;
    case kSecp384r1:
      return NID_secp384r1;
    case kSecp521r1:
      return NID_secp521r1;
    default:
      return NID_undef;
  }
}

}  // namespace

struct KeyShare::State {
  uint16_t group = 0;
  Bytes public_value;
  Bytes x25519;                // the private key, if that is the group
  bssl::UniquePtr<EC_KEY> ec;  // otherwise
};

KeyShare::KeyShare() : state_(std::make_unique<State>()) {}
KeyShare::KeyShare(KeyShare&&) noexcept = default;
KeyShare& KeyShare::operator=(KeyShare&&) noexcept = default;
KeyShare::~KeyShare() = default;
uint16_t KeyShare::group() const { return state_->group; }
const Bytes& KeyShare::public_value() const { return state_->public_value; }

const std::vector<uint16_t>& KeyShare::Groups() {
  static const std::vector<uint16_t> groups = {kX25519, kSecp256r1, kSecp384r1, kSecp521r1};
  return groups;
}

std::optional<KeyShare> KeyShare::Make(uint16_t group) {
  KeyShare share;
  State& state = *share.state_;
  state.group = group;
  if (group == kX25519) {
    state.public_value.resize(X25519_PUBLIC_VALUE_LEN);
    state.x25519.resize(X25519_PRIVATE_KEY_LEN);
    X25519_keypair(state.public_value.data(), state.x25519.data());
    return share;
  }
  const int curve = CurveOf(group);
  state.ec.reset(curve == NID_undef ? nullptr : EC_KEY_new_by_curve_name(curve));
  if (!state.ec || !EC_KEY_generate_key(state.ec.get())) {
    return std::nullopt;
  }
  const EC_GROUP* ec_group = EC_KEY_get0_group(state.ec.get());
  const EC_POINT* point = EC_KEY_get0_public_key(state.ec.get());
  const size_t size = EC_POINT_point2oct(ec_group, point, POINT_CONVERSION_UNCOMPRESSED, nullptr, 0, nullptr);
  state.public_value.resize(size);
  EC_POINT_point2oct(ec_group, point, POINT_CONVERSION_UNCOMPRESSED, state.public_value.data(), size, nullptr);
  return share;
}

std::optional<Bytes> KeyShare::Agree(ByteView peer) const {
  if (state_->group == kX25519) {
    Bytes secret(X25519_SHARED_KEY_LEN);
    if (peer.size() != X25519_PUBLIC_VALUE_LEN || !X25519(secret.data(), state_->x25519.data(), peer.data())) {
      return std::nullopt;
    }
    return secret;
  }
  const EC_GROUP* group = EC_KEY_get0_group(state_->ec.get());
  bssl::UniquePtr<EC_POINT> point(EC_POINT_new(group));
  Bytes secret((EC_GROUP_get_degree(group) + 7) / 8);
  const bool agreed = EC_POINT_oct2point(group, point.get(), peer.data(), peer.size(), nullptr) &&
                      ECDH_compute_key(secret.data(), secret.size(), point.get(), state_->ec.get(), nullptr) ==
                          static_cast<int>(secret.size());
  ERR_clear_error();
  return agreed ? std::optional(std::move(secret)) : std::nullopt;
}

}  // namespace fakeserver
