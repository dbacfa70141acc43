/* The life of a chunk: claim, commit, death, recovery, recall, cut; as lib/src/queue and supervisor::{take_seat, mark_dead}.
 *
 * Any worker may die between any two of its stores, DEATHS times in all. Sleeping is left to wakeup.pml: here a worker
 * looks again whenever there is something to see.
 *
 * One step is one access to memory that somebody else may read at that moment. Stores that only a recovery can see
 * (intents, progress words, a record not yet published) share a step with the access behind them, and DIES_IF offers
 * the death in between. What only the coordinator reads or writes is one step too.
 */
#ifndef CHUNKS
#define CHUNKS 3
#endif
#ifndef ITEMS
#define ITEMS 1 /* in each chunk */
#endif
#ifndef SLOTS
#define SLOTS 2
#endif
#ifndef DEATHS
#define DEATHS 2
#endif
#ifndef RECALLS
#define RECALLS 0
#endif
#ifndef CUTS
#define CUTS 0 /* how often the coordinator may move the cut down */
#endif
#ifndef DONE_CAPACITY
#define DONE_CAPACITY 2 /* records in a seat's done-ring, and regions in its arena */
#endif
#define WORKERS 2
#define SEATS 3
#define BATCH 2
#define RING (2 * SLOTS)
#define ALL_ITEMS (CHUNKS * ITEMS)

typedef state_word { byte state; byte seat; byte incarnation; byte generation }
#define FREE 0
#define READY 1
#define CLAIMED 2
#define DONE 3
state_word word[SLOTS];

/* A hint is a byte and never zero. */
#define HINT(slot, generation, alone) (1 + (slot) + SLOTS * (generation) + 128 * (alone))
#define SLOT(hint) ((((hint) & 127) + SLOTS - 1) % SLOTS)
#define GENERATION(hint) ((((hint) & 127) - 1) / SLOTS)
#define ALONE(hint) ((hint) >> 7)
byte head, tail, ring[RING];
bool closing, leaving;
byte cut = ALL_ITEMS; /* items from here on are not wanted any more */

#define UNLOCKED 0
#define ORPHANED 255
byte lock; /* or the holder's seat + 1 */

#define VACANT 0
#define LIVE 1
#define DEAD 2
#define TORN 255
typedef seat_words {
  byte life; byte incarnation; bool exited; /* exited: gone, and the supervisor has not seen it yet */
  byte intent[BATCH];
  byte running; byte item; byte region;
  byte record[DONE_CAPACITY]; byte record_region[DONE_CAPACITY]; byte record_items[DONE_CAPACITY];
  byte published; byte delivered; /* modulo 4 */
  byte arena[DONE_CAPACITY * ITEMS] /* a result is the hint of the use that made it */
}
seat_words seat[SEATS];
#define RESULT(s, region, k) seat[s].arena[(region) * ITEMS + (k)]
#define HELD_RECORDS(s) ((seat[s].published - seat[s].delivered) & 3)
#define ALIVE(s) (seat[s].life == LIVE && !seat[s].exited)

typedef sent_chunk { bool in_use; byte first; byte count; bool alone }
sent_chunk sent[SLOTS];
byte free_slot[SLOTS], free_slots;
byte waiting[ALL_ITEMS]; /* the engine's chunks that wait to be sent: number of items, by first item */
bool wants_alone[ALL_ITEMS];
bool settled[ALL_ITEMS];
byte unsettled = ALL_ITEMS;

byte deaths_left = DEATHS, recalls_left = RECALLS, cuts_left = CUTS;
byte body[SEATS]; /* nobody reads this but assertions: 1 + the item that is, or was at the death, being run */

/* ---- worker ---- */

#define MINE seat[me]
#define LEAVES MINE.exited = true; claimed = 0; position = 0; region = 0; k = 0; taken = false
#define DIES_IF(condition, stores)                                                \
  d_step {                                                                        \
    deaths_left > 0 && (condition) -> deaths_left--; stores; LEAVES;              \
    if :: lock == me + 1 -> lock = ORPHANED :: else fi                            \
  }; goto vacant
#define DIES DIES_IF(true, skip)

#ifdef MUTANT_lock_without_consistent
#define LOCKABLE (lock == UNLOCKED)
#else
#define LOCKABLE (lock == UNLOCKED || lock == ORPHANED)
#endif

#define NEXT_HINT ring[head % RING]
#define NEXT_WORD word[SLOT(NEXT_HINT)]
#define CLAIMABLE (claimed < BATCH && head != tail && !(claimed > 0 && (ALONE(NEXT_HINT) || ALONE(MINE.intent[0]))))
#define WRITE_INTENT MINE.intent[claimed] = NEXT_HINT
#define CLEAR_INTENT MINE.intent[claimed] = 0
#define CLAIM                                                                     \
  if                                                                              \
  :: NEXT_WORD.state == READY && NEXT_WORD.generation == GENERATION(NEXT_HINT) -> \
     NEXT_WORD.state = CLAIMED; NEXT_WORD.seat = me; NEXT_WORD.incarnation = MINE.incarnation; \
     assert(!sent[SLOT(NEXT_HINT)].alone || claimed == 0); /* alone means alone */ \
     taken = true                                                                 \
  :: else -> taken = false                                                        \
  fi
#ifdef MUTANT_claim_before_intent
#define FIRST_STORE CLAIM
#define SECOND_STORE WRITE_INTENT
#else
#define FIRST_STORE WRITE_INTENT
#define SECOND_STORE CLAIM
#endif

#define ME MINE.intent[position]
#define MY_WORD word[SLOT(ME)]
#define MY_COUNT sent[SLOT(ME)].count
#ifdef MUTANT_no_wait_for_room
#define ROOM true
#else
#define ROOM (HELD_RECORDS(me) < DONE_CAPACITY)
#endif
#define NEXT_REGION (HELD_RECORDS(me) == 0 -> 0 : (region + 1) % DONE_CAPACITY)
#define ALSO_IN(s) (ALIVE(s) && body[s] == body[me])
#define BEGIN_ITEM                                                                \
  RESULT(me, region, k) = TORN; body[me] = sent[SLOT(ME)].first + k + 1;          \
  assert(!ALSO_IN((me + 1) % SEATS) && !ALSO_IN((me + 2) % SEATS)) /* no item runs twice at once */
#define END_ITEM RESULT(me, region, k) = ME; body[me] = 0
#define PASS_ITEM MINE.item = k + 1
#ifdef MUTANT_any_cut_ends_all
#define WANTED(which) (cut == ALL_ITEMS)
#else
#define WANTED(which) (sent[SLOT(ME)].first + (which) < cut)
#endif
#define LAST (k + 1 == MY_COUNT || !WANTED(k + 1))
#define RECORD                                                                    \
  MINE.record[MINE.published % DONE_CAPACITY] = ME; MINE.record_region[MINE.published % DONE_CAPACITY] = region; \
  MINE.record_items[MINE.published % DONE_CAPACITY] = MINE.item
#define COMMIT                                                                    \
  assert(MY_WORD.state == CLAIMED && MY_WORD.seat == me && MY_WORD.incarnation == MINE.incarnation && \
         MY_WORD.generation == GENERATION(ME)); /* nobody takes a live worker's chunk */ \
  MY_WORD.state = DONE
#define PUBLISH MINE.published = (MINE.published + 1) & 3
#define FORGET MINE.running = 0; MINE.item = 0; MINE.region = 0
#ifdef MUTANT_commit_before_record
#define BEFORE_COMMIT COMMIT
#define AT_COMMIT RECORD
#else
#define BEFORE_COMMIT RECORD
#define AT_COMMIT COMMIT
#endif
#ifdef MUTANT_publish_before_commit
#define COMMITTED PUBLISH
#define PUBLISHED COMMIT
#else
#define COMMITTED AT_COMMIT
#define PUBLISHED PUBLISH
#endif

proctype worker(byte me) {
  byte claimed, position, region, k;
  bool taken;

vacant:
end_vacant:
  ALIVE(me);

look:
end_look:
  if
  :: DIES
  :: d_step { head == tail && closing -> LEAVES }; goto vacant
  :: d_step { head != tail && LOCKABLE -> lock = me + 1 }
  fi;

claim:
  if
  :: DIES
#ifdef MUTANT_head_before_claim
  :: DIES_IF(CLAIMABLE, head++)
#endif
  :: DIES_IF(CLAIMABLE, FIRST_STORE)
  :: d_step { CLAIMABLE -> FIRST_STORE; SECOND_STORE };
     if
     :: DIES
     :: DIES_IF(!taken, CLEAR_INTENT)
     :: d_step { if :: taken -> claimed++; taken = false :: else -> CLEAR_INTENT fi; head++ }; goto claim
     fi
  :: d_step { claimed > 0 -> lock = UNLOCKED }
  :: d_step { claimed == 0 && head == tail -> lock = UNLOCKED }; goto look
  fi;

prepare:
  if
  :: DIES
  :: DIES_IF(ROOM, MINE.item = 0; MINE.region = NEXT_REGION)
  :: DIES_IF(ROOM, MINE.item = 0; MINE.region = NEXT_REGION; MINE.running = ME)
  :: d_step { ROOM && WANTED(0) -> region = NEXT_REGION; MINE.item = 0; MINE.region = region; MINE.running = ME; BEGIN_ITEM }
  :: d_step {
       ROOM && !WANTED(0) -> region = NEXT_REGION; MINE.item = 0; MINE.region = region; MINE.running = ME;
       BEFORE_COMMIT; COMMITTED
     }; goto committed
  fi;

item:
  if
  :: DIES
  :: DIES_IF(true, END_ITEM)
  :: DIES_IF(!LAST, END_ITEM; PASS_ITEM)
  :: d_step { !LAST -> END_ITEM; PASS_ITEM; k++; BEGIN_ITEM }; goto item
  :: DIES_IF(LAST, END_ITEM; PASS_ITEM)
  :: DIES_IF(LAST, END_ITEM; PASS_ITEM; BEFORE_COMMIT)
  :: d_step { LAST -> END_ITEM; PASS_ITEM; BEFORE_COMMIT; COMMITTED; k = 0 }
  fi;

committed:
  if
  :: DIES
  :: DIES_IF(true, PUBLISHED)
  :: DIES_IF(true, PUBLISHED; FORGET)
  :: d_step { position + 1 < claimed -> PUBLISHED; FORGET; ME = 0; position++ }; goto prepare
  :: d_step { position + 1 == claimed -> PUBLISHED; FORGET; ME = 0; position = 0; claimed = 0 }; goto look
  fi
}

/* ---- coordinator ---- */

inline release(where) {
  assert(sent[where].in_use && word[where].state != FREE); /* freed once a use */
  word[where].state = FREE; word[where].seat = 0; word[where].incarnation = 0; word[where].generation++;
  sent[where].in_use = false; sent[where].first = 0; sent[where].count = 0; sent[where].alone = false;
  free_slot[free_slots] = where; free_slots++
}

inline settle(which) {
  assert(!settled[which]); /* delivered once */
  settled[which] = true; unsettled--
}

inline take_results(whose, cell, number) { /* of the chunk of hint h */
  k = 0;
  do
  :: k < number ->
     assert(RESULT(whose, cell, k) == h); /* whole, and of this use */
     RESULT(whose, cell, k) = 0; settle(sent[SLOT(h)].first + k); k++
  :: else -> k = 0; break
  od
}

inline abandon(from, number) {
  n = 0;
  do :: n < number -> settle(from + n); n++ :: else -> n = 0; break od
}

#define HOLDS(s, state_wanted)                                                    \
  (h != 0 && sent[SLOT(h)].in_use && word[SLOT(h)].state == state_wanted && word[SLOT(h)].seat == s && \
   word[SLOT(h)].incarnation == seat[s].incarnation && word[SLOT(h)].generation == GENERATION(h))

inline deliver(whose, index) {
  h = seat[whose].record[index];
  if
  :: HOLDS(whose, DONE) ->
     take_results(whose, seat[whose].record_region[index], seat[whose].record_items[index]);
     first = sent[SLOT(h)].first + seat[whose].record_items[index];
     count = sent[SLOT(h)].count - seat[whose].record_items[index];
     assert(count == 0 || first >= cut); /* no worker leaves out what is wanted */
     abandon(first, count);
     first = 0; count = 0;
     release(SLOT(h))
  :: else
  fi;
  seat[whose].record[index] = 0; seat[whose].record_region[index] = 0; seat[whose].record_items[index] = 0; h = 0
}

inline send_again(from, number, lonely) {
  if
  :: number > 0 && from >= cut -> abandon(from, number)
  :: number > 0 && from < cut -> waiting[from] = number; wants_alone[from] = lonely
  :: else
  fi
}

inline give_up(whose) { /* the chunk of hint h */
  first = sent[SLOT(h)].first; count = sent[SLOT(h)].count;
#ifndef MUTANT_blame_what_was_prefetched
  if
  :: seat[whose].running != h ->
     assert(body[whose] <= first || body[whose] > first + count); /* it had not begun */
     send_again(first, count, sent[SLOT(h)].alone)
  :: else ->
#endif
     done = seat[whose].item;
     assert(body[whose] == 0 || body[whose] == first + done + 1); /* the item blamed is the one that ran */
     take_results(whose, seat[whose].region, done);
     if
     :: done < count ->
        send_again(first + done, 1, true);
        send_again(first + done + 1, count - done - 1, false)
     :: else
     fi;
     done = 0
#ifndef MUTANT_blame_what_was_prefetched
  fi
#endif
  ;
  release(SLOT(h)); first = 0; count = 0
}

inline look_at_intent(whose) {
  h = seat[whose].intent[i]; seat[whose].intent[i] = 0;
  if
#ifdef MUTANT_ignore_done
#elif defined(MUTANT_requeue_done)
  :: HOLDS(whose, DONE) -> send_again(sent[SLOT(h)].first, sent[SLOT(h)].count, sent[SLOT(h)].alone); release(SLOT(h))
#else
  :: HOLDS(whose, DONE) -> deliver(whose, seat[whose].published % DONE_CAPACITY)
#endif
  :: HOLDS(whose, CLAIMED) -> give_up(whose)
  :: else
  fi;
  h = 0; i++
}

inline vacate(whose) {
  seat[whose].running = 0; seat[whose].item = 0; seat[whose].region = 0; body[whose] = 0; i = 0;
  do
  :: i < DONE_CAPACITY ->
     seat[whose].record[i] = 0; seat[whose].record_region[i] = 0; seat[whose].record_items[i] = 0; i++
  :: else -> break
  od;
  i = 0;
  do :: i < DONE_CAPACITY * ITEMS -> seat[whose].arena[i] = 0; i++ :: else -> i = 0; break od;
  seat[whose].life = VACANT
}

#define NEXT_RECORD(s) (seat[s].delivered % DONE_CAPACITY)
#define COUNT_RECORD(s) seat[s].delivered = (seat[s].delivered + 1) & 3
#ifdef MUTANT_count_before_delivery
#define COLLECT(s)                                                                \
  :: d_step { HELD_RECORDS(s) > 0 -> slot = NEXT_RECORD(s); COUNT_RECORD(s) };    \
     d_step { deliver(s, slot); slot = 0 }
#else
#define COLLECT(s)                                                                \
  :: d_step { HELD_RECORDS(s) > 0 -> deliver(s, NEXT_RECORD(s)) }; d_step { COUNT_RECORD(s) }
#endif

#ifdef MUTANT_requeue_done
#define DRAINED(s) true
#else
#define DRAINED(s) (HELD_RECORDS(s) == 0)
#endif
#define RECOVER(s)                                                                \
  :: d_step { seat[s].life == DEAD && DRAINED(s) -> look_at_intent(s); look_at_intent(s); vacate(s) }

#ifdef MUTANT_recall_keeps_generation
#define RECALLED(slot) word[slot].generation--
#else
#define RECALLED(slot) skip
#endif
#define RECALL(which)                                                             \
  :: d_step {                                                                     \
       recalls_left > 0 && which < SLOTS && sent[(which) % SLOTS].in_use && word[(which) % SLOTS].state == READY -> \
       recalls_left--; slot = which; first = sent[slot].first; count = sent[slot].count; \
       release(slot); RECALLED(slot); slot = 0;                                   \
       do :: count > 0 -> count--; settle(first + count) :: else -> break od;     \
       first = 0                                                                  \
     }

#define CUT_AT(which)                                                             \
  :: d_step {                                                                     \
       cuts_left > 0 && which < cut -> cuts_left--; cut = which; i = which;       \
       do                                                                         \
       :: i < ALL_ITEMS -> abandon(i, waiting[i]); waiting[i] = 0; wants_alone[i] = false; i++ \
       :: else -> break                                                           \
       od;                                                                        \
       i = 0                                                                      \
     }

inline send() {
  do :: waiting[i] == 0 -> i++ :: else -> break od;
  free_slots--; slot = free_slot[free_slots]; free_slot[free_slots] = 0;
  sent[slot].in_use = true; sent[slot].first = i; sent[slot].count = waiting[i]; sent[slot].alone = wants_alone[i];
  waiting[i] = 0; wants_alone[i] = false; i = 0;
  word[slot].state = READY;
  ring[tail % RING] = HINT(slot, word[slot].generation, sent[slot].alone); slot = 0;
  tail++
}
#define WAITS(at) (at < ALL_ITEMS && waiting[(at) % ALL_ITEMS] > 0)
#define ANY_WAITS (WAITS(0) || WAITS(1) || WAITS(2) || WAITS(3))

active proctype coordinator() {
  byte h, i, k, n, slot, first, count, done;
  atomic {
    do :: free_slots < SLOTS -> free_slot[free_slots] = SLOTS - 1 - free_slots; free_slots++ :: else -> break od;
    do :: i < ALL_ITEMS -> waiting[i] = ITEMS; i = i + ITEMS :: else -> i = 0; break od;
    run worker(0); run worker(1); run worker(2)
  }
  do
  :: d_step { ANY_WAITS && free_slots > 0 && tail - head < RING -> send() }
  COLLECT(0) COLLECT(1) COLLECT(2)
  RECOVER(0) RECOVER(1) RECOVER(2)
  RECALL(0) RECALL(1) RECALL(2)
#if CUTS
  CUT_AT(0) CUT_AT(1) CUT_AT(2) CUT_AT(3)
#endif
  :: unsettled == 0 -> break
  od;
  closing = true; leaving = true;
  seat[0].life != LIVE && seat[1].life != LIVE && seat[2].life != LIVE
}

/* ---- supervisor ---- */

#ifdef MUTANT_dead_by_timer
#define REAP(s)                                                                   \
  :: d_step { seat[s].life == LIVE && deaths_left > 0 -> deaths_left--; seat[s].exited = false; seat[s].life = DEAD }
#else
#define REAP(s) :: d_step { seat[s].exited -> seat[s].exited = false; seat[s].life = DEAD }
#endif
#ifdef MUTANT_replacement_in_the_dead_seat
#define SEATABLE(s) (seat[s].life != LIVE)
#else
#define SEATABLE(s) (seat[s].life == VACANT)
#endif

active proctype supervisor() {
  byte next;
end:
  do REAP(0) REAP(1) REAP(2)
  :: d_step {
       !leaving && (seat[0].life == LIVE) + (seat[1].life == LIVE) + (seat[2].life == LIVE) < WORKERS &&
       (SEATABLE(0) || SEATABLE(1) || SEATABLE(2)) ->
       do :: !SEATABLE(next) -> next = (next + 1) % SEATS :: else -> break od;
       seat[next].incarnation++; seat[next].life = LIVE; next = (next + 1) % SEATS
     }
  od
}
