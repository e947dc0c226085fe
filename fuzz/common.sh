# What the scripts of this folder share. Sourced, with ${root} set.

all_targets=()
for source in "${root}"/fuzz/*_fuzzer.cc; do
  source="${source##*/}"
  all_targets+=("${source%_fuzzer.cc}")
done

# is_target NAME
is_target() { [[ "$1" != *' '* && " ${all_targets[*]} " == *" $1 "* ]]; }

# The target's options file ("key = value" lines) as libFuzzer flags, one a line.
flags_of() {
  local options="${root}/fuzz/options/$1_fuzzer.options" key value
  [ -f "${options}" ] || return 0
  while IFS=$' \t=' read -r key value; do
    case "${key}" in
      '' | '['* | '#'*) ;;
      dict) echo "-dict=${root}/fuzz/dicts/${value}" ;;
      *) echo "-${key}=${value}" ;;
    esac
  done <"${options}"
}

# set_sanitizers: how the sanitizers behave; stacks have names even without llvm-symbolizer.
set_sanitizers() {
  export ASAN_OPTIONS="${ASAN_OPTIONS:-detect_stack_use_after_return=1:strict_string_checks=1:allow_addr2line=1}"
  export UBSAN_OPTIONS="${UBSAN_OPTIONS:-print_stacktrace=1:allow_addr2line=1}"
}
