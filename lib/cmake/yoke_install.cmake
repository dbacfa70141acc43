# Install rules of the library: headers, the archive or shared library, find_package(yoke) and yoke.pc.

include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/yoke)
install(TARGETS yoke EXPORT yoke_targets)
install(DIRECTORY include/yoke ${CMAKE_CURRENT_BINARY_DIR}/include/yoke DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.hpp")
install(EXPORT yoke_targets NAMESPACE yoke:: DESTINATION ${package_dir} FILE yoke-targets.cmake)

configure_package_config_file(cmake/yoke-config.cmake.in yoke-config.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(yoke-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/yoke-config.cmake ${CMAKE_CURRENT_BINARY_DIR}/yoke-config-version.cmake
        DESTINATION ${package_dir})

# An archive hands its own dependencies on; a shared library keeps them to itself.
set(yoke_pc_requires "Requires: fmt")
if(BUILD_SHARED_LIBS)
  set(yoke_pc_requires "Requires.private: fmt")
endif()
file(RELATIVE_PATH yoke_pc_up /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" yoke_pc_up ${yoke_pc_up})
configure_file(cmake/yoke.pc.in yoke.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/yoke.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
