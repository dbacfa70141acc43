# Writes the revision of the source into a header, which changes only when the revision does.
cmake_minimum_required(VERSION 3.25)
execute_process(COMMAND git --no-optional-locks describe --always --dirty WORKING_DIRECTORY ${SOURCE}
                OUTPUT_VARIABLE revision OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
if(failed)
  set(revision "")
endif()
file(CONFIGURE OUTPUT ${TO} CONTENT "#pragma once\n\n#define YOKE_REVISION \"@revision@\"\n" @ONLY)
