# podglass_test(tst_name [GUI] [LABEL fast|net|ssh|...] [TIMEOUT seconds] DEPS ...)
# One Qt Test program from tst_name.cpp, run as one ctest test. GUI tests run offscreen.
set(podglass_golden ${PROJECT_SOURCE_DIR}/tests/golden)
set(podglass_runtime ${CMAKE_BINARY_DIR}/runtime)
file(MAKE_DIRECTORY ${podglass_runtime})
file(CHMOD ${podglass_runtime} PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE)

function(podglass_test name)
  cmake_parse_arguments(arg "GUI" "LABEL;TIMEOUT" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${name}.cpp ${arg_SOURCES})
  set_target_properties(${name} PROPERTIES AUTOMOC ON)
  target_link_libraries(${name} PRIVATE podglass_rules Qt6::Test ${arg_DEPS})
  target_compile_definitions(${name} PRIVATE PODGLASS_GOLDEN="${podglass_golden}")
  if(NOT arg_LABEL)
    set(arg_LABEL fast)
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 180) # many times what it takes when nothing else runs
  endif()
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(
    ${name} PROPERTIES LABELS ${arg_LABEL} TIMEOUT ${arg_TIMEOUT} SKIP_REGULAR_EXPRESSION "SKIP-ALL:"
    ENVIRONMENT "QT_QPA_PLATFORM=offscreen;QT_FATAL_WARNINGS=1;XDG_RUNTIME_DIR=${podglass_runtime}")
endfunction()

# podglass_fuzz(fuzz_name DEPS ...): fuzz_name.cpp defines LLVMFuzzerTestOneInput. With the fuzz
# preset it is a libFuzzer program; otherwise its corpus (corpus/fuzz_name) replays as a test.
function(podglass_fuzz name)
  cmake_parse_arguments(arg "" "" "DEPS" ${ARGN})
  add_executable(${name} ${name}.cpp
    $<$<NOT:$<BOOL:${PODGLASS_BUILD_FUZZ}>>:${PROJECT_SOURCE_DIR}/tests/fuzz/replay_main.cpp>)
  target_link_libraries(${name} PRIVATE podglass_rules ${arg_DEPS})
  if(PODGLASS_BUILD_FUZZ)
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  endif()
  add_test(NAME ${name}_corpus
    COMMAND ${name} $<$<BOOL:${PODGLASS_BUILD_FUZZ}>:-runs=0> ${CMAKE_CURRENT_SOURCE_DIR}/corpus/${name}
    COMMAND_EXPAND_LISTS)
  set_tests_properties(${name}_corpus PROPERTIES LABELS fuzz TIMEOUT 60)
endfunction()
