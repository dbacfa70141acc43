/* Who wakes whom: worker_end::{spin, wait}, coordinator_end::{wake, recover, arm, park}, collector_bell, supervisor.
 *
 * No wait here ever times out, and a worker may die between any two steps. So a wake-up that only a timer would have
 * made good ends in a state where all sleep, which is an error. What a claim is made of is left to queue.pml.
 *
 * In COMPANY a chunk ends only once two were being run at the same time: an error is then also a chunk that lies in the
 * ring behind a running one while a worker sleeps.
 */
#ifndef CHUNKS
#define CHUNKS 2
#endif
#ifndef DEATHS
#define DEATHS 1
#endif
#ifndef START_FAILURES
#define START_FAILURES 0 /* forks that fail while another worker lives; the supervisor then tries no more */
#endif
#ifndef SEATS
#define SEATS 3
#endif
#define WORKERS 2

byte head, tail;
bool closing, leaving;
byte spinner;

#define UP 0
#define LOOKING 1 /* for the last time before it sleeps */
#define ASLEEP 2
byte parked[SEATS];
byte bell[SEATS]; /* semaphores */

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
byte being_run; /* bodies, at this moment */
bool met;

#define IS(s, state) (s < SEATS && life[(s) % SEATS] == state)
#define COUNT_LIVE (IS(0, LIVE) + IS(1, LIVE) + IS(2, LIVE))
#define WORK_IN_SIGHT (head != tail)

/* ---- worker ---- */

#define DIES_AND(stores) d_step { deaths_left > 0 -> deaths_left--; exited[me] = true; stores }; goto vacant
#define DIES DIES_AND(skip)

#ifdef COMPANY
#define BODY_ENDS met
#else
#define BODY_ENDS true
#endif
#ifdef MUTANT_ring_before_publishing
#define PUBLISH skip
#else
#define PUBLISH news[me]++
#endif
#ifdef MUTANT_spinner_counted_twice
#define TAKE_MARK_BACK spinner = 0
#else
#define TAKE_MARK_BACK if :: spinner == me + 1 -> spinner = 0 :: else fi
#endif
#ifdef MUTANT_looker_counted_as_sleeper
#define STILL_UNSEEN true
#define SLEEPER(s) (parked[s] != UP)
#else
#define SLEEPER(s) (parked[s] == ASLEEP)
#define STILL_UNSEEN (parked[me] == LOOKING)
#endif

#define me _pid
active [SEATS] proctype worker() {
vacant:
end_vacant:
  life[me] == LIVE && !exited[me];

look:
  if
  :: DIES
  :: d_step { WORK_IN_SIGHT -> head++; holds[me] = true; being_run++; met = (met || being_run == 2) }
  :: !WORK_IN_SIGHT && !closing -> goto spin
  :: d_step { !WORK_IN_SIGHT && closing -> exited[me] = true }; goto vacant
  fi;

  if
  :: DIES_AND(being_run--)
  :: d_step { BODY_ENDS -> being_run--; holds[me] = false; PUBLISH }
  fi;
  if
  :: DIES
  :: d_step { armed != SLEEPING -> armed = AWAKE }; goto rung
  :: d_step { armed == SLEEPING -> armed = AWAKE }
  fi;
  if
  :: DIES
  :: collector++
  fi;
rung:
#ifdef MUTANT_ring_before_publishing
  if :: DIES :: news[me]++ fi;
#endif
  goto look;

spin:
  if
  :: DIES
  :: spinner != 0 -> goto park
  :: d_step { spinner == 0 -> spinner = me + 1 }
  fi;
  if
  :: DIES
  :: WORK_IN_SIGHT || closing -> if :: DIES :: d_step { TAKE_MARK_BACK }; goto look fi
  :: skip
  fi;
  if
  :: DIES
  :: d_step { TAKE_MARK_BACK }
  fi;

park:
#ifdef MUTANT_look_before_announcing
  if :: DIES :: WORK_IN_SIGHT || closing -> goto look :: !WORK_IN_SIGHT && !closing fi;
#endif
  if
  :: DIES
  :: d_step { bell[me] = 0; parked[me] = LOOKING }
  fi;
#ifndef MUTANT_look_before_announcing
  if
  :: DIES
  :: WORK_IN_SIGHT || closing -> goto get_up
  :: !WORK_IN_SIGHT && !closing
  fi;
#endif
  if
  :: DIES
  :: d_step { STILL_UNSEEN -> parked[me] = ASLEEP }
  :: !STILL_UNSEEN -> goto look
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
  if :: spinner != 0 -> wanted-- :: spinner == 0 fi;
#else
  atomic { if :: spinner != 0 -> spinner = 0; wanted-- :: else fi };
#endif
  do
  :: d_step { wanted > 0 && s < SEATS && !SLEEPER(s % SEATS) -> parked[s] = UP; s++ }
  :: d_step { wanted > 0 && s < SEATS && SLEEPER(s % SEATS) -> parked[s] = UP }; d_step { bell[s]++; wanted--; s++ }
  :: d_step { wanted == 0 || s == SEATS -> wanted = 0; s = 0 }; break
  od
}
#define TAKE_NEWS(s) if :: s < SEATS -> collected = collected + news[(s) % SEATS]; news[(s) % SEATS] = 0 :: else fi
#define RECOVER(which)                                                            \
  if                                                                              \
  :: IS(which, DEAD) ->                                                           \
     s = which;                                                                   \
     TAKE_NEWS(s);                                                                \
     if :: holds[s] -> holds[s] = false; unsent++ :: else fi;                     \
     if :: spinner == s + 1 -> spinner = 0 :: else fi;                            \
     parked[s] = UP; bell[s] = 0;                                                 \
     life[s] = VACANT; s = 0                                                      \
  :: else                                                                         \
  fi
#define NEWS (news[0] || news[1] || news[SEATS - 1] || deaths != deaths_seen)

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
  if :: NEWS -> goto pump :: !(NEWS) fi;
  armed = SPINNING;
#else
  armed = SPINNING;
  if :: NEWS -> armed = AWAKE; goto pump :: !(NEWS) fi;
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
  d_step { do :: s < SEATS -> bell[s]++; s++ :: else -> break od };
  leaving = true;
  COUNT_LIVE == 0
}

/* ---- supervisor ---- */

#define SHORT (!leaving && COUNT_LIVE < WORKERS && !gave_up)
#define ANY_VACANT (IS(0, VACANT) || IS(1, VACANT) || IS(2, VACANT))
#define SIT do :: life[s] != VACANT -> s++ :: else -> break od; life[s] = LIVE; s = 0
#define TAKE_SEAT(condition)                                                      \
  :: d_step { ANY_VACANT && (condition) && !starved -> SIT }; goto start          \
  :: d_step { ANY_VACANT && (condition) && starved -> SIT }; starved = false; goto start
#define REAP(which)                                                               \
  :: d_step { IS(which, LIVE) && exited[(which) % SEATS] -> s = which; exited[s] = false; life[s] = DEAD; s = 0 }

active proctype supervisor() {
  byte s;
  bool gave_up;

  COUNT_LIVE == WORKERS;
start:
  if
  :: !SHORT -> goto watch
  :: d_step { SHORT && COUNT_LIVE > 0 && failures_left > 0 -> failures_left--; gave_up = true }; goto watch
  TAKE_SEAT(SHORT)
  :: SHORT && !ANY_VACANT -> starved = true
  fi;
#ifdef MUTANT_starved_after_the_last_look
  goto watch;
#endif
  if
  TAKE_SEAT(true)
  :: !ANY_VACANT
  fi;

watch:
end_watch:
  if
  REAP(0) REAP(1) REAP(2)
  :: d_step { seat_freed -> seat_freed = false }; goto start
  fi;
  deaths++;
#ifdef MUTANT_ringer_dies_unheard
  if
  :: d_step { armed != SLEEPING -> armed = AWAKE }; goto start
  :: d_step { armed == SLEEPING -> armed = AWAKE }
  fi;
#else
  armed = AWAKE;
#endif
  collector++;
  goto start
}
