# Finds BoringSSL and nothing else. Plain find_package(OpenSSL) would find the system's OpenSSL, whose symbols collide.
#
#   BoringSSL_ROOT   an install prefix of upstream BoringSSL (recommended for speed: Debian's build is small-footprint)
#   otherwise        Debian's android-libboringssl-dev: /usr/include/android and /usr/lib/<arch>/android
#
# Defines the targets BoringSSL::Crypto and BoringSSL::SSL and BoringSSL_FLAVOUR ("debian" or "upstream").

include(FindPackageHandleStandardArgs)
include(CheckCXXSourceCompiles)

set(_boringssl_hint "install Debian's package android-libboringssl-dev, or give an install prefix of upstream BoringSSL as -DBoringSSL_ROOT=/path")

if(BoringSSL_ROOT)
  set(BoringSSL_FLAVOUR upstream)
  find_path(BoringSSL_INCLUDE_DIR openssl/base.h PATHS "${BoringSSL_ROOT}/include" NO_DEFAULT_PATH)
  find_library(BoringSSL_CRYPTO_LIBRARY crypto PATHS "${BoringSSL_ROOT}/lib" "${BoringSSL_ROOT}/lib64" NO_DEFAULT_PATH)
  find_library(BoringSSL_SSL_LIBRARY ssl PATHS "${BoringSSL_ROOT}/lib" "${BoringSSL_ROOT}/lib64" NO_DEFAULT_PATH)
else()
  set(BoringSSL_FLAVOUR debian)
  find_path(BoringSSL_INCLUDE_DIR openssl/base.h PATHS /usr/include/android NO_DEFAULT_PATH)
  find_library(BoringSSL_CRYPTO_LIBRARY crypto PATHS "/usr/lib/${CMAKE_LIBRARY_ARCHITECTURE}/android" NO_DEFAULT_PATH)
  find_library(BoringSSL_SSL_LIBRARY ssl PATHS "/usr/lib/${CMAKE_LIBRARY_ARCHITECTURE}/android" NO_DEFAULT_PATH)
endif()

if(BoringSSL_INCLUDE_DIR AND BoringSSL_CRYPTO_LIBRARY)
  set(CMAKE_REQUIRED_INCLUDES "${BoringSSL_INCLUDE_DIR}")
  check_cxx_source_compiles("
    #include <openssl/base.h>
    #ifndef OPENSSL_IS_BORINGSSL
    #error this is OpenSSL
    #endif
    int main() {}" BoringSSL_IS_BORINGSSL)
  unset(CMAKE_REQUIRED_INCLUDES)
  if(NOT BoringSSL_IS_BORINGSSL)
    message(FATAL_ERROR "The headers in ${BoringSSL_INCLUDE_DIR} are OpenSSL's, not BoringSSL's: ${_boringssl_hint}.")
  endif()
endif()

find_package_handle_standard_args(BoringSSL
  REQUIRED_VARS BoringSSL_SSL_LIBRARY BoringSSL_CRYPTO_LIBRARY BoringSSL_INCLUDE_DIR
  REASON_FAILURE_MESSAGE "BoringSSL was not found: ${_boringssl_hint}.")

if(BoringSSL_FOUND AND NOT TARGET BoringSSL::Crypto)
  find_package(Threads REQUIRED)
  get_filename_component(BoringSSL_LIBRARY_DIR "${BoringSSL_CRYPTO_LIBRARY}" DIRECTORY)
  add_library(BoringSSL::Crypto UNKNOWN IMPORTED)
  set_target_properties(BoringSSL::Crypto PROPERTIES
    IMPORTED_LOCATION "${BoringSSL_CRYPTO_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${BoringSSL_INCLUDE_DIR}"
    INTERFACE_LINK_LIBRARIES Threads::Threads)
  add_library(BoringSSL::SSL UNKNOWN IMPORTED)
  set_target_properties(BoringSSL::SSL PROPERTIES
    IMPORTED_LOCATION "${BoringSSL_SSL_LIBRARY}"
    INTERFACE_LINK_LIBRARIES BoringSSL::Crypto)
endif()
mark_as_advanced(BoringSSL_INCLUDE_DIR BoringSSL_CRYPTO_LIBRARY BoringSSL_SSL_LIBRARY)
