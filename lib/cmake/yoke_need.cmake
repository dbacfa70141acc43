# Finds what yoke stands on; an error names the Debian package to install.

# yoke_need(FOUND_VARIABLE debian-package what) ends the configuration when the variable is false.
function(yoke_need found package what)
  if(NOT ${found})
    message(FATAL_ERROR "yoke needs ${what}. On Debian 12: apt-get install ${package}")
  endif()
endfunction()

# yoke_need_module(PREFIX debian-package module) finds a pkg-config module as PkgConfig::PREFIX.
function(yoke_need_module prefix package module)
  find_package(PkgConfig QUIET)
  yoke_need(PkgConfig_FOUND pkg-config "pkg-config")
  pkg_check_modules(${prefix} QUIET IMPORTED_TARGET GLOBAL ${module})
  yoke_need(${prefix}_FOUND ${package} "the library ${module}")
endfunction()

# yoke_need_package(debian-package name ...) is find_package(name ...) with a helpful error.
macro(yoke_need_package package name)
  find_package(${name} ${ARGN} QUIET)
  yoke_need(${name}_FOUND ${package} "${name} ${ARGN}")
endmacro()
