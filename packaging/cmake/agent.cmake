# The agent is one static file that runs in any Linux container (PODGLASS_STATIC_AGENT). Every other
# program links the shared libraries: the choice is a property of the program, PODGLASS_STATIC.
#
# Debian's libpcap.a wants libdbus for one capture device that nobody here uses; app/agent/no_dbus.c
# defines its two entry points, refusing. Sanitizers have no static form.
set(podglass_static_agent ${PODGLASS_STATIC_AGENT})
if(PODGLASS_SANITIZE OR PODGLASS_BUILD_FUZZ)
  set(podglass_static_agent OFF)
endif()

foreach(library pcap re2 nettle nghttp2 seccomp ssl crypto)
  find_library(PODGLASS_STATIC_${library} NAMES lib${library}.a)
  if(podglass_static_agent AND NOT PODGLASS_STATIC_${library})
    message(STATUS "no lib${library}.a: podglass-agent is linked with shared libraries")
    set(podglass_static_agent OFF)
  endif()
endforeach()

if(podglass_static_agent)
  foreach(library pcap re2 nettle nghttp2 seccomp ssl crypto)
    get_target_property(shared PkgConfig::${library} INTERFACE_LINK_LIBRARIES)
    set(choice "$<$<BOOL:$<TARGET_PROPERTY:PODGLASS_STATIC>>:${PODGLASS_STATIC_${library}}>")
    foreach(item IN LISTS shared)
      list(APPEND choice "$<$<NOT:$<BOOL:$<TARGET_PROPERTY:PODGLASS_STATIC>>>:${item}>")
    endforeach()
    set_target_properties(PkgConfig::${library} PROPERTIES INTERFACE_LINK_LIBRARIES "${choice}")
  endforeach()
endif()

# podglass_link_agent(program): static if it can be. Unused sections go: the libraries are small
# parts of large archives.
function(podglass_link_agent program)
  target_link_options(${program} PRIVATE -Wl,--gc-sections)
  if(NOT podglass_static_agent)
    return()
  endif()
  set_target_properties(${program} PROPERTIES PODGLASS_STATIC ON)
  target_sources(${program} PRIVATE no_dbus.cpp)
  target_link_options(${program} PRIVATE -static)
endfunction()
