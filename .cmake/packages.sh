# Debian packages of each job, and how they are installed. Sourced by lab/run, tests/run, bench/run and the scripts in fuzz/.
#
#   ensure_packages GROUP...     installs what is missing of the groups: build run test fuzz coverage bench
#   unpack_servers FOLDER PACKAGE...  unpacks mail servers, without installing them
#   build_preset PRESET TARGET...  configures and builds; quiet unless something fails. BoringSSL_ROOT in the environment
#                                is the install prefix of a BoringSSL other than Debian's

packages_build="g++ cmake ninja-build ccache pkg-config android-libboringssl-dev libuv1-dev libidn2-dev libc-ares-dev libpsl-dev libfmt-dev
                libcli11-dev nlohmann-json3-dev libtomlplusplus-dev"
packages_run="ca-certificates openssl curl python3"
packages_server_needs="libdb5.3 libevent-2.1-7 libicu72 libnsl2 libsasl2-modules libsasl2-modules-db libwrap0"
packages_test="libgtest-dev libgmock-dev libpugixml-dev libbenchmark-dev valgrind binutils libgnutls28-dev libtasn1-6-dev
               libio-socket-ssl-perl libnet-smtp-tls-perl libnet-ssleay-perl msmtp php-cli sendemail swaks
               ${packages_server_needs}"
packages_fuzz="clang-19 libclang-rt-19-dev libgnutls28-dev python3"
packages_coverage="llvm-19"
packages_bench="libbenchmark-dev libgnutls28-dev gnutls-bin android-boringssl libpcre2-8-0
               ${packages_server_needs}"
# Installed, a mail server would replace the machine's own and start to listen.
packages_servers="postfix opensmtpd sasl2-bin stunnel4"
packages_peers="nginx libnginx-mod-mail"  # servers that the benchmarks measure, too

ensure_packages() {
  local group wanted="" missing="" package sudo=""
  for group in "$@"; do
    local list="packages_${group}"
    wanted+=" ${!list}"
  done
  for package in ${wanted}; do
    dpkg-query -W -f='${db:Status-Status}\n' "${package}" 2>/dev/null | grep -qx installed || missing+=" ${package}"
  done
  [ -n "${missing}" ] || return 0
  if ! command -v apt-get >/dev/null 2>&1; then
    echo "Missing packages:${missing}. This machine has no apt-get: install their equivalents and run this again." >&2
    return 3
  fi
  if [ "$(id -u)" -ne 0 ]; then
    sudo="sudo"
    command -v sudo >/dev/null 2>&1 || {
      echo "Missing packages:${missing}. Become root or install sudo, then run this again." >&2
      return 3
    }
  fi
  echo "Installing Debian packages:${missing}" >&2
  local log
  log="$(mktemp)"
  if ! { ${sudo} apt-get update && ${sudo} env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ${missing}; } >"${log}" 2>&1; then
    cat "${log}" >&2
    echo "apt-get could not install:${missing} (see above). Mend that, then run this again." >&2
    rm -f "${log}"
    return 3
  fi
  rm -f "${log}"
}

unpack_servers() {
  local folder="$1" package file
  shift
  for package in "$@"; do
    [ -e "${folder}/.unpacked/${package}" ] && continue
    mkdir -p "${folder}/.unpacked"
    file="$(mktemp -d)"
    if (cd "${file}" && apt-get download "${package}" && dpkg -x ./*.deb "${folder}") >"${file}/log" 2>&1; then
      touch "${folder}/.unpacked/${package}"
    else
      echo "Could not download ${package}: what needs it is skipped ($(tail -n 1 "${file}/log"))." >&2
    fi
    rm -rf "${file}"
  done
}

build_preset() {
  local root="$1" preset="$2" log started cached options=()
  shift 2
  # Another generator or compiler in an old build folder is not worth a question: the folder is ours.
  log="${root}/build/${preset}.log"
  mkdir -p "${root}/build"
  started=$(date +%s)
  echo "Building (${preset}; a first build takes a few minutes) ..." >&2
  cached="$(sed -n 's/^BoringSSL_ROOT:[^=]*=//p' "${root}/build/${preset}/CMakeCache.txt" 2>/dev/null || true)"
  if [ "${cached}" != "${BoringSSL_ROOT:-}" ]; then
    options=(-U 'BoringSSL_*' "-DBoringSSL_ROOT=${BoringSSL_ROOT:-}")
  fi
  if ! (cd "${root}" && cmake --preset "${preset}" "${options[@]}") >"${log}" 2>&1; then
    cat "${log}" >&2
    echo "cmake could not configure the preset ${preset}: the reason is above." >&2
    return 3
  fi
  # On a terminal ninja's own status line shows how far the build is; elsewhere its output is kept for the failure.
  if [ -t 2 ]; then
    if ! NINJA_STATUS="[%f/%t] " ninja -C "${root}/build/${preset}" "$@" >&2; then
      echo "The build failed: the reason is above." >&2
      return 3
    fi
  elif ! ninja -C "${root}/build/${preset}" "$@" >>"${log}" 2>&1; then
    grep -E 'error|FAILED|warning' -A 12 "${log}" | head -100 >&2
    echo "The build failed: ${log} has the whole of it." >&2
    return 3
  fi
  echo "Built in $(($(date +%s) - started)) s." >&2
}
