# What is installed: each library with its headers as a component of its own, so that whoever wants the verifier need not
# have the lab; a package for find_package(starttls-lab [COMPONENTS certs fakeserver verifier lab]); the program.

include(CMakePackageConfigHelpers)
set(starttls_lab_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/starttls-lab")

# starttls_lab_install(NAME HEADERS folders-or-files...): the library starttls_lab_NAME. Every library has a file of
# targets of its own: one file for all would name archives that need not be there.
function(starttls_lab_install name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "HEADERS")
  install(TARGETS starttls_lab_${name} EXPORT starttls-lab-${name} COMPONENT ${name})
  install(EXPORT starttls-lab-${name} NAMESPACE starttls_lab:: DESTINATION "${starttls_lab_package_dir}" COMPONENT ${name})
  foreach(header IN LISTS arg_HEADERS)
    cmake_path(GET header PARENT_PATH parent)
    if(IS_DIRECTORY "${PROJECT_SOURCE_DIR}/${header}")
      install(DIRECTORY "${PROJECT_SOURCE_DIR}/${header}" COMPONENT ${name}
        DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/starttls-lab/${parent}" FILES_MATCHING PATTERN "*.h")
    else()
      install(FILES "${PROJECT_SOURCE_DIR}/${header}" COMPONENT ${name}
        DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/starttls-lab/${parent}")
    endif()
  endforeach()
endfunction()

starttls_lab_install(vocabulary HEADERS certs/bytes.h certs/result.h certs/verdict.h)
starttls_lab_install(verifier HEADERS lab/verifier)
starttls_lab_install(certs HEADERS certs)
starttls_lab_install(fakeserver HEADERS fakeserver)
starttls_lab_install(lab HEADERS lab/scenario lab/runner lab/report)

configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/starttls-labConfig.cmake.in"
  "${PROJECT_BINARY_DIR}/starttls-labConfig.cmake" INSTALL_DESTINATION "${starttls_lab_package_dir}")
# No promise is made before 1.0: only the very minor version will do.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/starttls-labConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/starttls-labConfig.cmake" "${PROJECT_BINARY_DIR}/starttls-labConfigVersion.cmake"
  "${CMAKE_CURRENT_LIST_DIR}/FindBoringSSL.cmake" DESTINATION "${starttls_lab_package_dir}" COMPONENT vocabulary)

# Debian keeps BoringSSL where the loader does not look.
set_target_properties(starttls-lab PROPERTIES INSTALL_RPATH_USE_LINK_PATH TRUE)
install(TARGETS starttls-lab COMPONENT program)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/lab/clients" DESTINATION "${CMAKE_INSTALL_DATADIR}/starttls-lab" COMPONENT program)
