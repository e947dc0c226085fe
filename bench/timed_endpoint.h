// An endpoint whose share of a run's time is booked as the client's.
#pragma once

#include "bench/probe.h"
#include "lab/verifier/endpoint.h"

namespace bench {

class TimedEndpoint : public verifier::Endpoint {
 public:
  // Borrows both.
  TimedEndpoint(verifier::Endpoint& inner, Probe& probe) : inner_(inner), probe_(probe) {}

  void Receive(certs::ByteView bytes) override {
    const Booking booking(*this);
    octets_ += bytes.size();
    inner_.Receive(bytes);
  }
  void ReceiveEof(bool reset) override {
    const Booking booking(*this);
    inner_.ReceiveEof(reset);
  }
  bool Advance(verifier::Micros now) override {
    const Booking booking(*this);
    return inner_.Advance(now);
  }
  std::optional<verifier::Micros> NextDeadline() const override { return inner_.NextDeadline(); }
  certs::Bytes TakeOutput() override {
    const Booking booking(*this);
    certs::Bytes output = inner_.TakeOutput();
    octets_ += output.size();
    return output;
  }
  bool Done() const override { return inner_.Done(); }

  int64_t spent() const { return spent_; }
  // Books what was spent, out of `all` that the run took.
  void Book(int64_t all) {
    probe_.AddClient(spent_);
    probe_.AddServer(all - spent_);
    probe_.AddOctets(octets_);
  }

 private:
  class Booking {
   public:
    explicit Booking(TimedEndpoint& owner) : owner_(owner), began_(ThreadCpu()) {}
    ~Booking() { owner_.spent_ += SpentSince(began_); }
    Booking(const Booking&) = delete;
    Booking& operator=(const Booking&) = delete;

   private:
    TimedEndpoint& owner_;
    int64_t began_;
  };

  verifier::Endpoint& inner_;
  Probe& probe_;
  int64_t spent_ = 0;
  uint64_t octets_ = 0;
};

}  // namespace bench
