/* Who wakes whom: worker_end::{spin,wait}, coordinator_end::{wake,recover,arm,park}, collector_bell, supervisor.
 *
 * No wait here ever times out, and a worker may die between any two steps: a wake-up that only a timer would have made
 * good ends in a state where everybody sleeps. What chunks are made of is left to queue.pml: a claim is one step here.
 */
#ifndef CHUNKS
#define CHUNKS 2
#endif
#ifndef DEATHS
#define DEATHS 1
#endif
#ifndef START_FAILURES
#define START_FAILURES 0 /* forks that fail while another worker lives; the supervisor then waits for ever */
#endif
#define WORKERS 2
#define SEATS 3

byte head, tail;
bool closing, leaving;
byte spinner;

#define UP 0
#define ABOUT_TO_SLEEP 1
#define ASLEEP 2
byte parked[SEATS];
byte bell[SEATS]; /* a semaphore each */

#define VACANT 0
#define LIVE 1
#define DEAD 2
byte life[SEATS];
bool exited[SEATS], holds[SEATS];
byte news[SEATS]; /* records published and not yet taken */
byte deaths;
bool starved, seat_freed;

#define AWAKE 0
#define SPINNING 1
#define SLEEPING 2
byte armed, collector; /* a semaphore, or an eventfd */

byte collected, deaths_seen;
byte deaths_left = DEATHS, failures_left = START_FAILURES;

byte running; /* ghost: bodies being run; in COMPANY each waits for another one */
bool met;

#define WORK_IN_SIGHT (head != tail)

/* ---- worker ---- */

#define DIES_AFTER(stores) d_step { deaths_left > 0 -> deaths_left--; exited[me] = true; stores }; goto vacant
#define DIES DIES_AFTER(skip)

#ifdef COMPANY
#define BODY_ENDS met
#else
#define BODY_ENDS true
#endif

#ifdef MUTANT_sleeper_counted_awake
#define GOES_TO_SLEEP true
#else
#define GOES_TO_SLEEP (parked[me] == ABOUT_TO_SLEEP)
#endif

#ifdef MUTANT_spinner_counted_twice
#define TAKE_MARK_BACK spinner = 0
#else
#define TAKE_MARK_BACK if :: spinner == me + 1 -> spinner = 0 :: else fi
#endif

#define me _pid
active [SEATS] proctype worker() {
vacant:
end_vacant:
  life[me] == LIVE && !exited[me];

look:
  if
  :: DIES
  :: d_step { WORK_IN_SIGHT -> head++; holds[me] = true; running++; met = (met || running == 2) }
  :: !WORK_IN_SIGHT && !closing -> goto spin
  :: d_step { !WORK_IN_SIGHT && closing -> exited[me] = true }; goto vacant
  fi;

  if
  :: DIES_AFTER(running--)
  :: d_step { BODY_ENDS -> running--; news[me]++; holds[me] = false }
  fi;
  if
  :: DIES
  :: d_step { armed != SLEEPING -> armed = AWAKE }; goto look
  :: d_step { armed == SLEEPING -> armed = AWAKE }
  fi;
  if
  :: DIES
  :: collector++
  fi;
  goto look;

spin:
  if
  :: DIES
  :: spinner != 0 -> goto park
  :: d_step { spinner == 0 -> spinner = me + 1 }
  fi;
  if
  :: DIES
  :: WORK_IN_SIGHT || closing ->
     if :: DIES :: d_step { TAKE_MARK_BACK }; goto look fi
  :: skip
  fi;
  if
  :: DIES
  :: d_step { TAKE_MARK_BACK }
  fi;

park:
#ifdef MUTANT_look_before_announcing
  if
  :: DIES
  :: WORK_IN_SIGHT || closing -> goto look
  :: else
  fi;
#endif
  if
  :: DIES
  :: d_step { bell[me] = 0; parked[me] = ABOUT_TO_SLEEP }
  fi;
  if
  :: DIES
#ifndef MUTANT_look_before_announcing
  :: WORK_IN_SIGHT || closing -> goto get_up
  :: else
#else
  :: skip
#endif
  fi;
  if
  :: DIES
  :: d_step { GOES_TO_SLEEP -> parked[me] = ASLEEP }
  :: !GOES_TO_SLEEP -> goto look
  fi;
  if
  :: DIES
  :: d_step { bell[me] > 0 -> bell[me]-- }
  fi;
get_up:
  if
  :: DIES
  :: parked[me] = UP
  fi;
  goto look
}
#undef me

/* ---- coordinator ---- */

inline wake() {
#ifdef MUTANT_spinner_counted_twice
  if :: spinner != 0 -> wanted-- :: else fi;
#else
  atomic { if :: spinner != 0 -> spinner = 0; wanted-- :: else fi };
#endif
  do
  :: d_step { wanted > 0 && s < SEATS && parked[s % SEATS] == UP -> s++ }
#ifdef MUTANT_sleeper_counted_awake
  :: d_step { wanted > 0 && s < SEATS && parked[s % SEATS] != UP -> parked[s] = UP }; d_step { bell[s]++; wanted--; s++ }
#else
  :: d_step { wanted > 0 && s < SEATS && parked[s % SEATS] == ABOUT_TO_SLEEP -> parked[s] = UP; s++ }
  :: d_step { wanted > 0 && s < SEATS && parked[s % SEATS] == ASLEEP -> parked[s] = UP }; d_step { bell[s]++; wanted--; s++ }
#endif
  :: d_step { wanted == 0 || s == SEATS -> wanted = 0; s = 0 }; break
  od
}

#define TAKE_NEWS(s) collected = collected + news[s]; news[s] = 0
#define RECOVER(s)                                                                \
  if                                                                              \
  :: life[s] == DEAD ->                                                           \
     TAKE_NEWS(s);                                                                \
     if :: holds[s] -> holds[s] = false; unsent++ :: else fi;                     \
     if :: spinner == s + 1 -> spinner = 0 :: else fi;                            \
     parked[s] = UP; bell[s] = 0;                                                 \
     life[s] = VACANT                                                             \
  :: else                                                                         \
  fi
#define NEWS (news[0] || news[1] || news[2] || deaths != deaths_seen)

active proctype coordinator() {
  byte s, wanted, submitted, unsent;
  bool another_thread; /* pumps, while the one that leads is in park() */

  d_step { life[0] = LIVE; life[1] = LIVE };

pump:
  atomic { TAKE_NEWS(0); TAKE_NEWS(1); TAKE_NEWS(2) };
  if
  :: deaths == deaths_seen -> goto refill
  :: deaths != deaths_seen -> deaths_seen = deaths
  fi;
  d_step { RECOVER(0); RECOVER(1); RECOVER(2) };
#ifndef MUTANT_no_wake_after_recovery
  if
  :: d_step { WORK_IN_SIGHT -> wanted = tail - head + 1 }; wake()
  :: !WORK_IN_SIGHT
  fi;
#endif
  if :: starved -> seat_freed = true :: !starved fi;

refill:
  do
  :: d_step { unsent > 0 -> unsent--; tail++; wanted++ }
  :: unsent == 0 && wanted > 0 -> wake(); break
  :: unsent == 0 && wanted == 0 -> break
  od;

  if
  :: d_step { another_thread -> another_thread = false }; goto asleep
  :: !another_thread && collected == CHUNKS -> goto close
  :: d_step { !another_thread && submitted < CHUNKS -> submitted++; unsent++ }; goto pump
  :: !another_thread && collected < submitted
  fi;

#ifdef MUTANT_look_before_arming
  if :: NEWS -> goto pump :: else fi;
  armed = SPINNING;
#else
  armed = SPINNING;
  if :: NEWS -> armed = AWAKE; goto pump :: else fi;
#endif
  if
  :: armed == AWAKE -> goto pump
  :: d_step { armed == SPINNING -> collector = 0; armed = SLEEPING }
  fi;
asleep:
  if
  :: d_step { collector > 0 -> collector-- }
  :: d_step { submitted < CHUNKS -> submitted++; unsent++; another_thread = true }; goto pump
  fi;
  armed = AWAKE;
  goto pump;

close:
  closing = true;
  d_step { bell[0]++; bell[1]++; bell[2]++ };
  leaving = true;
  life[0] != LIVE && life[1] != LIVE && life[2] != LIVE
}

/* ---- supervisor ---- */

#define ALIVE ((life[0] == LIVE) + (life[1] == LIVE) + (life[2] == LIVE))
#define ANY_VACANT (life[0] == VACANT || life[1] == VACANT || life[2] == VACANT)
#define TAKE_SEAT d_step { if :: life[0] == VACANT -> life[0] = LIVE :: else -> if :: life[1] == VACANT -> life[1] = LIVE :: else -> life[2] = LIVE fi fi }

active proctype supervisor() {
  byte s, seen;
  bool stuck;

  ALIVE == WORKERS;
start:
  if
  :: leaving || ALIVE == WORKERS || stuck -> goto watch
  :: !leaving && ALIVE == 1 && failures_left > 0 -> failures_left--; stuck = true; goto watch
  :: !leaving && ALIVE < WORKERS && !stuck && ANY_VACANT -> TAKE_SEAT; starved = false; goto start
  :: !leaving && ALIVE < WORKERS && !stuck && !ANY_VACANT -> starved = true
  fi;
  if
  :: ANY_VACANT -> TAKE_SEAT; starved = false; goto start
  :: !ANY_VACANT
  fi;

watch:
end_watch:
  if
  :: exited[0] -> s = 0
  :: exited[1] -> s = 1
  :: exited[2] -> s = 2
  :: d_step { seat_freed -> seat_freed = false }; goto start
  fi;
  d_step { exited[s] = false; life[s] = DEAD; s = 0 };
  deaths++;
#ifdef MUTANT_ringer_dies_unheard
  if
  :: armed == AWAKE -> goto start
  :: d_step { armed != AWAKE -> seen = armed; armed = AWAKE }
  fi;
  if :: seen == SLEEPING -> collector++ :: else fi;
  seen = 0;
#else
  armed = AWAKE;
  collector++;
#endif
  goto start
}
