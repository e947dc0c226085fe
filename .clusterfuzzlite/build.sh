#!/usr/bin/env bash
# Builds the fuzz targets and puts them into $OUT as OSS-Fuzz and ClusterFuzzLite want them: NAME, NAME_seed_corpus.zip,
# NAME.dict, NAME.options, and the shared libraries in lib/. The compiler and every flag come from the environment:
#
#   SRC (holds starttls-lab/)  OUT  WORK  CC  CXX  CFLAGS  CXXFLAGS  LIB_FUZZING_ENGINE
#
# STARTTLS_LAB_FUZZ_TARGETS: only these targets. STARTTLS_LAB_FUZZ_BUILD: package what this folder was built to instead.
# fuzz/check_build runs this without docker, and checks what comes out.
set -euo pipefail
source_dir="${SRC:?}/starttls-lab"
: "${OUT:?}" "${WORK:?}"

targets=()
for file in "${source_dir}"/fuzz/*_fuzzer.cc; do
  targets+=("$(basename "${file}" .cc)")
done
if [ -n "${STARTTLS_LAB_FUZZ_TARGETS:-}" ]; then
  read -r -a targets <<<"${STARTTLS_LAB_FUZZ_TARGETS}"
fi

build="${STARTTLS_LAB_FUZZ_BUILD:-${WORK}/starttls-lab}"
if [ -z "${STARTTLS_LAB_FUZZ_BUILD:-}" ]; then
  # With libc++, Debian's libfmt, which is made for libstdc++, cannot be linked.
  [[ " ${CXXFLAGS:-} " != *" -stdlib=libc++ "* ]] || export CXXFLAGS="${CXXFLAGS} -DFMT_HEADER_ONLY"
  # No build type: the flags are the environment's. Warnings are for developers' compilers.
  cmake -G Ninja -S "${source_dir}" -B "${build}" -DCMAKE_BUILD_TYPE= -DSTARTTLS_LAB_BUILD_TESTS=OFF \
    -DSTARTTLS_LAB_BUILD_FUZZERS=ON -DSTARTTLS_LAB_WERROR=OFF -DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=12 \
    -DLIB_FUZZING_ENGINE="${LIB_FUZZING_ENGINE:?}"
  [ -z "${STARTTLS_LAB_FUZZ_CONFIGURE_ONLY:-}" ] || exit 0
  ninja -C "${build}" "${targets[@]}"
fi

# The system that runs the targets has the C library's own parts; everything else goes with them.
libraries_of() {
  ldd "$1" | sed -n 's/^[[:space:]]*\([^ ]*\) => \(\/[^ ]*\) .*/\1 \2/p' |
    grep -vE '^(libc|libm|libdl|librt|libpthread|libresolv|libnsl|ld-linux[^ ]*)\.so' || true
}

mkdir -p "${OUT}/lib"
for target in "${targets[@]}"; do
  short="${target%_fuzzer}"
  cp "${build}/fuzz/${target}" "${OUT}/${target}"
  libraries_of "${build}/fuzz/${target}" | while read -r name path; do
    [ -e "${OUT}/lib/${name}" ] || cp -L "${path}" "${OUT}/lib/${name}"
  done
  # A regression may be called like a seed.
  seeds="$(mktemp -d)"
  for file in "${source_dir}/fuzz/corpora/${short}"/* "${source_dir}/fuzz/regressions/${short}"/*; do
    [ -f "${file}" ] || continue
    cp "${file}" "${seeds}/$(basename "$(dirname "$(dirname "${file}")")")-$(basename "${file}")"
  done
  rm -f "${OUT}/${target}_seed_corpus.zip"
  (cd "${seeds}" && python3 -m zipfile -c "${OUT}/${target}_seed_corpus.zip" ./*)
  rm -rf "${seeds}"
  # The dictionary that the options name becomes the target's own, which needs no naming.
  options="${source_dir}/fuzz/options/${target}.options"
  sed '/^dict *=/d' "${options}" >"${OUT}/${target}.options"
  cp "${source_dir}/fuzz/dicts/$(sed -n 's/^dict *= *//p' "${options}")" "${OUT}/${target}.dict"
done
