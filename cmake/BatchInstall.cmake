# `cmake --install`: the program, and the service as a library with a package
# for find_package(batch).
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(batch_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/batch")

# Programs see one target, batch::service; the others are parts of it.
set_target_properties(batch_actors PROPERTIES EXPORT_NAME service)
set_target_properties(batch_codecs PROPERTIES EXPORT_NAME codecs)
set_target_properties(batch_storage PROPERTIES EXPORT_NAME storage)
set_target_properties(batch_transforms PROPERTIES EXPORT_NAME transforms)
install(TARGETS batch_actors batch_codecs batch_storage batch_transforms
  EXPORT batch_targets
  ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}"
  INCLUDES DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(TARGETS batchd RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
install(DIRECTORY codecs/include/batch actors/include/batch
  DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(EXPORT batch_targets
  NAMESPACE batch::
  FILE batchTargets.cmake
  DESTINATION "${batch_package_dir}")

configure_package_config_file(cmake/batchConfig.cmake.in
  "${PROJECT_BINARY_DIR}/batchConfig.cmake"
  INSTALL_DESTINATION "${batch_package_dir}")
# Before 1.0 the minor number counts as the major one.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/batchConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES
  "${PROJECT_BINARY_DIR}/batchConfig.cmake"
  "${PROJECT_BINARY_DIR}/batchConfigVersion.cmake"
  cmake/FindCAF.cmake
  DESTINATION "${batch_package_dir}")

# The same name for programs that add this project as a folder of theirs.
add_library(batch::service ALIAS batch_actors)
