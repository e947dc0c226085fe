// A value that its copies share until one of them is changed: for what most worlds have alike, and is not small.
#pragma once

#include <memory>
#include <utility>

namespace certs {

template <typename T>
class Shared {
 public:
  Shared() : value_(Usual()) {}
  // NOLINTNEXTLINE(google-explicit-constructor): it is the value, whoever else has it
  Shared(T value) : value_(std::make_shared<const T>(std::move(value))) {}

  const T& operator*() const { return *value_; }
  const T* operator->() const { return value_.get(); }
  // Changes this copy alone: edit(value) on a value of its own, which is thrown away if nothing comes of it.
  template <typename Edit>
  void Change(Edit&& edit) {
    T changed = *value_;
    std::forward<Edit>(edit)(changed);
    if (!(changed == *value_)) {
      value_ = std::make_shared<const T>(std::move(changed));
    }
  }

  bool operator==(const Shared& other) const { return value_ == other.value_ || *value_ == *other.value_; }

 private:
  // All that are made without a value share one.
  static const std::shared_ptr<const T>& Usual() {
    static const std::shared_ptr<const T> usual = std::make_shared<const T>();
    return usual;
  }

  std::shared_ptr<const T> value_;  // never null
};

template <typename T>
inline constexpr bool kIsShared = false;
template <typename T>
inline constexpr bool kIsShared<Shared<T>> = true;

}  // namespace certs
