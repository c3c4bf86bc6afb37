# Language level, warnings and sanitizers of our own code, in one place.
add_library(batch_flags INTERFACE)
target_compile_features(batch_flags INTERFACE cxx_std_20)
target_compile_options(batch_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Werror
  # g++ 12 sees errors in its own std::string when it inlines "literal" + text
  # (GCC bugs 105329 and 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict$<SEMICOLON>-Wno-array-bounds$<SEMICOLON>-Wno-stringop-overflow>)
# The compiler's garbage collection costs a tenth of the time that templates
# take; below this heap, in KiB, it collects nothing.
target_compile_options(batch_flags INTERFACE
  $<$<CXX_COMPILER_ID:GNU>:--param=ggc-min-heapsize=524288>)
target_include_directories(batch_flags INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)

set(BATCH_SANITIZE "" CACHE STRING "Sanitizers, e.g. address,undefined")
if(BATCH_SANITIZE)
  target_compile_options(batch_flags INTERFACE
    -fsanitize=${BATCH_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(batch_flags INTERFACE -fsanitize=${BATCH_SANITIZE})
endif()
