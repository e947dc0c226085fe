#include "fakeserver/tls_server.h"

#include <utility>

#include "fakeserver/flight_forger.h"
#include "fakeserver/tls_endpoint.h"

namespace fakeserver {

std::unique_ptr<TlsServer> TlsServer::Make(std::shared_ptr<const TlsContext> context,
                                           std::function<void(Event)> record) {
  if (context->by_hand()) {
    return std::make_unique<FlightForger>(std::move(context), std::move(record));
  }
  return std::make_unique<TlsEndpoint>(std::move(context), std::move(record));
}

}  // namespace fakeserver
