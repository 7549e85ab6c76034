# Every library that Podglass uses, found in one place. Debian 12 package names stand behind each.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)                               # libc6-dev
find_package(nlohmann_json REQUIRED)                         # nlohmann-json3-dev
find_package(CLI11 REQUIRED)                                 # libcli11-dev
pkg_check_modules(pcap REQUIRED IMPORTED_TARGET libpcap)     # libpcap-dev
pkg_check_modules(re2 REQUIRED IMPORTED_TARGET re2)          # libre2-dev
pkg_check_modules(nghttp2 REQUIRED IMPORTED_TARGET libnghttp2) # libnghttp2-dev
pkg_check_modules(nettle REQUIRED IMPORTED_TARGET nettle)    # nettle-dev
pkg_check_modules(ssl REQUIRED IMPORTED_TARGET libssl)       # libssl-dev
pkg_check_modules(crypto REQUIRED IMPORTED_TARGET libcrypto) # libssl-dev
pkg_check_modules(ssh2 REQUIRED IMPORTED_TARGET libssh2)     # libssh2-1-dev
find_package(ZLIB REQUIRED)                                  # zlib1g-dev
pkg_check_modules(zstd REQUIRED IMPORTED_TARGET libzstd)     # libzstd-dev
pkg_check_modules(brotlidec REQUIRED IMPORTED_TARGET libbrotlidec) # libbrotli-dev
pkg_check_modules(seccomp REQUIRED IMPORTED_TARGET libseccomp) # libseccomp-dev

if(PODGLASS_BUILD_GUI OR BUILD_TESTING)
  # The versionless names would let CMake find Qt 5 first.
  find_package(Qt6 6.4 REQUIRED COMPONENTS Core Test)        # qt6-base-dev
endif()
if(PODGLASS_BUILD_GUI)
  find_package(Qt6 6.4 REQUIRED COMPONENTS Gui Widgets PrintSupport DBus Svg LinguistTools) # qt6-svg-dev qt6-tools-dev qt6-l10n-tools
  find_package(QCustomPlotQt6 REQUIRED)                      # libqcustomplot-dev
endif()

# ccache, where it is installed, makes rebuilds and several presets cheap.
find_program(PODGLASS_CCACHE ccache)
if(PODGLASS_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${PODGLASS_CCACHE})
endif()
