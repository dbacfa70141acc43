# cmake -D SOURCE=file -D COMPILER=c++ -D INCLUDES=list -P must_not_compile.cmake

file(READ ${SOURCE} text)
if(NOT text MATCHES "^// expect: ([^\n]+)\n")
  message(FATAL_ERROR "${SOURCE}: the first line must be '// expect: REGEX'.")
endif()
set(expected ${CMAKE_MATCH_1})

set(command ${COMPILER} -std=c++20 -fsyntax-only)
foreach(folder IN LISTS INCLUDES)
  list(APPEND command -I${folder})
endforeach()

if(text MATCHES "MUST_NOT_COMPILE")
  execute_process(COMMAND ${command} ${SOURCE} RESULT_VARIABLE status ERROR_VARIABLE errors)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${SOURCE} does not compile even without MUST_NOT_COMPILE:\n${errors}")
  endif()
endif()

execute_process(COMMAND ${command} -DMUST_NOT_COMPILE ${SOURCE} RESULT_VARIABLE status ERROR_VARIABLE errors)
if(status EQUAL 0)
  message(FATAL_ERROR "${SOURCE} compiles, though it must not.")
endif()
if(NOT errors MATCHES "${expected}")
  message(FATAL_ERROR "${SOURCE} is refused, but not with '${expected}':\n${errors}")
endif()
