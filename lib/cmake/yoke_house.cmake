# Settings for our own targets. Nothing here reaches a project that includes yoke.

set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL ON)

if(PROJECT_IS_TOP_LEVEL)
  set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
  set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
  set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)
  set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)
  if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug, Release, RelWithDebInfo or MinSizeRel" FORCE)
  endif()
  find_program(YOKE_CCACHE ccache)
  mark_as_advanced(YOKE_CCACHE)
  if(YOKE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${YOKE_CCACHE})
  endif()
endif()

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 12)
  message(FATAL_ERROR "yoke needs g++ 12 or newer, found ${CMAKE_CXX_COMPILER_VERSION}.")
endif()

# yoke_house carries warnings, sanitizers and include paths of the repository to every target we build.
add_library(yoke_house INTERFACE)
target_compile_features(yoke_house INTERFACE cxx_std_20)
target_compile_options(yoke_house INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow
                       $<$<BOOL:${YOKE_WERROR}>:-Werror>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # -Wrestrict is a false alarm of g++ 12 on std::string's operator+. What it guesses from the flow of optimised code is
  # worth reading, but wrong too often to stop a build.
  target_compile_options(yoke_house INTERFACE -Wno-restrict -Wno-error=array-bounds -Wno-error=maybe-uninitialized
                         -Wno-error=stringop-overflow -Wno-error=stringop-overread)
endif()
target_compile_definitions(yoke_house INTERFACE YOKE_VERSION="${PROJECT_VERSION}")
target_include_directories(yoke_house INTERFACE ${PROJECT_SOURCE_DIR}/lib/src ${PROJECT_SOURCE_DIR})
if(YOKE_SANITIZE)
  set(flags -fsanitize=${YOKE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    list(APPEND flags -Wno-maybe-uninitialized)  # what sanitizers add confuses it, in the standard library's headers too
  endif()
  target_compile_options(yoke_house INTERFACE ${flags})
  target_link_options(yoke_house INTERFACE ${flags})
endif()
