# How every library and program of the project is compiled: one place for warnings, sanitizers and naming.

function(starttls_lab_compile_options target)
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wold-style-cast -Wnon-virtual-dtor -Wimplicit-fallthrough
    # An omitted member means "behaves well": that is how every spec of this project is written.
    -Wno-missing-field-initializers)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # Optimising, GCC 12 sees sizes beyond memory in std::vector's own comparison and copies (GCC bugs 105329, 105651),
    # and uninitialised members in an empty std::optional's destructor (GCC bug 80635).
    target_compile_options(${target} PRIVATE
      "$<$<CONFIG:Release>:-Wno-stringop-overread;-Wno-stringop-overflow;-Wno-array-bounds;-Wno-restrict;-Wno-maybe-uninitialized>")
  endif()
  if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
    # libstdc++ 12's own std::stable_sort uses a function that it has marked deprecated.
    target_compile_options(${target} PRIVATE -Wno-deprecated-declarations)
  endif()
  if(STARTTLS_LAB_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(STARTTLS_LAB_SANITIZE)
    target_compile_options(${target} PRIVATE
      -fsanitize=${STARTTLS_LAB_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(${target} PRIVATE -fsanitize=${STARTTLS_LAB_SANITIZE})
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      # With sanitizers GCC 12 takes a disengaged std::optional member for an uninitialised read.
      target_compile_options(${target} PRIVATE -Wno-maybe-uninitialized)
      # Millions of descriptions of places and types would have to be relocated whenever a test starts a program.
      target_link_options(${target} PRIVATE -no-pie)
    endif()
  endif()
  if(NOT CMAKE_BUILD_TYPE STREQUAL "Release")
    target_compile_definitions(${target} PRIVATE _GLIBCXX_ASSERTIONS)
  endif()
endfunction()

# starttls_lab_library(NAME sources...): the static library starttls_lab_NAME, alias starttls_lab::NAME. Includes are
# written from the root of the tree: #include "certs/bytes.h".
function(starttls_lab_library name)
  add_library(starttls_lab_${name} STATIC ${ARGN})
  add_library(starttls_lab::${name} ALIAS starttls_lab_${name})
  set_target_properties(starttls_lab_${name} PROPERTIES EXPORT_NAME ${name})
  target_compile_features(starttls_lab_${name} PUBLIC cxx_std_23)
  target_include_directories(starttls_lab_${name} PUBLIC
    "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>" "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/starttls-lab>")
  starttls_lab_compile_options(starttls_lab_${name})
  if(STARTTLS_LAB_SANITIZE)
    # An archive of sanitized objects links with the sanitizer's library only, whoever uses it.
    target_link_options(starttls_lab_${name} INTERFACE -fsanitize=${STARTTLS_LAB_SANITIZE})
  endif()
endfunction()

# starttls_lab_test(NAME LIBS libs... SOURCES sources... [LABELS labels...]): one GoogleTest program whose tests ctest runs
# one by one.
function(starttls_lab_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "LIBS;SOURCES;LABELS;DEFINES")
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_LIBS} GTest::gmock GTest::gtest_main)
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}")
  target_compile_definitions(${name} PRIVATE STARTTLS_LAB_SOURCE_DIR="${PROJECT_SOURCE_DIR}" ${arg_DEFINES})
  starttls_lab_compile_options(${name})
  if(NOT arg_LABELS)
    set(arg_LABELS unit)
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  # One ctest entry a program: thousands of generated cases start once, not thousands of times.
  add_test(NAME ${name} COMMAND ${name})
  # What may take long starts first, or all cores but one are idle at the end.
  set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT} COST ${arg_TIMEOUT} SKIP_RETURN_CODE 77)
endfunction()
