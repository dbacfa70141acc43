# cmake -D PROGRAM=example -D EXPECTED=file -D ARGUMENTS=list -P run_example.cmake

file(STRINGS ${EXPECTED} expected)
execute_process(COMMAND ${PROGRAM} ${ARGUMENTS} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE errors)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} ended with ${status}:\n${output}${errors}")
endif()
string(REPLACE ";" "\n" pattern "${expected}")
if(NOT output MATCHES "^${pattern}\n$")
  message(FATAL_ERROR "${PROGRAM} printed\n${output}and not, by regular expressions,\n${pattern}")
endif()
