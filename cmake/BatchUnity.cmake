# Compiles the files of a library or program several at a time. Most of what
# the compiler does for a file of ours is to read CAF and to make its
# templates; files that are compiled together share that. For work on single
# files: cmake --preset release -DBATCH_UNITY=OFF.
option(BATCH_UNITY "Compile several files at a time" ON)

# Says which files of a target have fail points (codecs/fail_point.hpp).
function(batch_fail_point_files target variable)
  get_target_property(sources ${target} SOURCES)
  get_target_property(folder ${target} SOURCE_DIR)
  set(found "")
  foreach(source IN LISTS sources)
    cmake_path(ABSOLUTE_PATH source BASE_DIRECTORY ${folder})
    file(STRINGS ${source} points REGEX "BATCH_FAIL_POINT\\(")
    if(points)
      list(APPEND found ${source})
    endif()
  endforeach()
  set(${variable} ${found} PARENT_SCOPE)
endfunction()

# To be called where the target is made, when it has all its files and they
# their properties.
#   batch_unite(TARGET number-of-files [HEADERS header…])
# HEADERS are precompiled where files are compiled one by one. Files that do
# without them are compiled alone. Files with fail points are not mixed with
# others: tests/system links its own in their place.
function(batch_unite target size)
  cmake_parse_arguments(arg "" "" "HEADERS" ${ARGN})
  if(NOT BATCH_UNITY)
    if(arg_HEADERS)
      target_precompile_headers(${target} PRIVATE ${arg_HEADERS})
    endif()
    return()
  endif()
  set_target_properties(${target} PROPERTIES
    UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  # Warns of what is in a file that is included, thinking of headers.
  target_compile_options(${target} PRIVATE
    $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
  batch_fail_point_files(${target} apart)
  get_target_property(sources ${target} SOURCES)
  set(count_plain 0)
  set(count_apart 0)
  foreach(source IN LISTS sources)
    get_source_file_property(alone ${source} SKIP_PRECOMPILE_HEADERS)
    if(alone)
      continue()
    endif()
    cmake_path(ABSOLUTE_PATH source OUTPUT_VARIABLE path)
    if(path IN_LIST apart)
      set(kind apart)
    else()
      set(kind plain)
    endif()
    math(EXPR group "${count_${kind}} / ${size}")
    math(EXPR count_${kind} "${count_${kind}} + 1")
    set_source_files_properties(${source} PROPERTIES
      UNITY_GROUP ${kind}_${group})
  endforeach()
endfunction()
