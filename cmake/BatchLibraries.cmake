find_package(Threads REQUIRED)
find_package(CAF 0.17.6 REQUIRED COMPONENTS core io openssl)
find_package(RocksDB REQUIRED)
find_package(simdjson REQUIRED)
find_package(spdlog REQUIRED)
find_package(tl-expected REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto SSL)
find_package(ZLIB REQUIRED)
find_package(PkgConfig REQUIRED)
# The flags must be those the shared library was built with: they change the
# layout of its classes.
pkg_check_modules(httplib REQUIRED IMPORTED_TARGET cpp-httplib)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)
# Not "zstd": RocksDB's search for it has variables of that name.
pkg_check_modules(libzstd REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(utf8proc REQUIRED IMPORTED_TARGET libutf8proc)
# The C library: its errors are longjmp, never exceptions of C++.
pkg_check_modules(lua REQUIRED IMPORTED_TARGET lua5.4)
find_path(CLI11_INCLUDE_DIR CLI/CLI.hpp REQUIRED)
