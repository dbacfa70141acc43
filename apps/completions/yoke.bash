# bash completion for yoke

_yoke() {
  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  local kernels='wc grep freq' kernel='' i
  COMPREPLY=()

  # Bash takes --option=value apart into three words.
  if [[ $word == '=' ]]; then
    word=''
  elif [[ $previous == '=' ]]; then
    previous=${COMP_WORDS[COMP_CWORD - 2]}
  fi

  if ((COMP_CWORD == 1)); then
    mapfile -t COMPREPLY < <(compgen -W 'map kernels bench report advise doctor --help --version' -- "$word")
    return
  fi
  if [[ ${COMP_WORDS[1]} == bench ]]; then
    _yoke_bench "$word" "$previous"
    return
  fi
  case ${COMP_WORDS[1]} in
    report)
      if [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W '--html --md --csv --json --google-json --trace --baseline --help' -- "$word")
      else
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
      fi
      return
      ;;
    advise)
      if [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W '--copies --results --help' -- "$word")
      else
        mapfile -t COMPREPLY < <(compgen -c -- "$word")
      fi
      return
      ;;
  esac
  if [[ ${COMP_WORDS[1]} != map ]]; then
    mapfile -t COMPREPLY < <(compgen -W '--help' -- "$word")
    return
  fi

  for ((i = 2; i < COMP_CWORD; ++i)); do
    case ${COMP_WORDS[i]} in
      -j | -o | --jobs | --backend | --block | --output | --progress | --attempts | --timeout | \
        --memory-per-worker | --failed | --trace)
        ((++i))
        [[ ${COMP_WORDS[i]} != '=' ]] || ((++i))
        ;;
      -*) ;;
      *)
        kernel=${COMP_WORDS[i]}
        break
        ;;
    esac
  done

  local words=''
  if [[ -z $kernel ]]; then
    case $previous in
      --backend) words='process thread serial' ;;
      --progress) words='auto always never' ;;
      -o | --output | --failed | --trace)
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        return
        ;;
      -j | --jobs | --block | --attempts | --timeout | --memory-per-worker) return ;;
      *)
        words="$kernels --jobs --backend --block --ordered --unordered --output --attempts --timeout"
        words+=" --memory-per-worker --failed --trace --progress --quiet --help"
        ;;
    esac
  elif [[ $word == -* ]]; then
    case $kernel in
      grep) words='--count --invert-match --ignore-case --fixed-strings --extended-regexp --help' ;;
      freq) words='--field --words --top --help' ;;
      *) words='--help' ;;
    esac
  else
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
    return
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}

_yoke_bench() {
  local words=''
  case $2 in
    -w | --workloads) words="all $(yoke bench --list 2>/dev/null | cut -d ' ' -f 1)" ;;
    --backends) words='process thread process,thread' ;;
    --size) words='small medium large' ;;
    --progress) words='auto always never' ;;
    --json | --csv | --trace | --baseline)
      mapfile -t COMPREPLY < <(compgen -f -- "$1")
      return
      ;;
    --workers | --repetitions | --budget | --seed) return ;;
    *)
      words='--workloads --backends --workers --size --quick --thorough --repetitions --budget --seed --json --csv'
      words+=' --trace --baseline --progress --quiet --list --help'
      ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$1")
}

complete -o filenames -F _yoke yoke
