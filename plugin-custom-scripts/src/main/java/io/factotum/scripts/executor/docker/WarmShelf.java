package io.factotum.scripts.executor.docker;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which warm containers wait, and for which kind one more is wanted: kinds that a run has asked for lately have up to the
 * number that their program is given, as long as no more containers run, wait and are made than there are slots. Any thread.
 */
final class WarmShelf {

    private final WarmSettings settings;
    private final Map<WarmKind, Pool> pools = new HashMap<>();
    private int running;

    WarmShelf(WarmSettings settings) {
        this.settings = settings;
    }

    private static final class Pool {
        private final Deque<WarmContainer> waiting = new ArrayDeque<>();
        private Instant usedAt;
        private int making;
        /** Until a run asks again: what cannot be made now is not tried without end. */
        private boolean failed;

        Pool(Instant usedAt) {
            this.usedAt = usedAt;
        }

        Instant usedAt() {
            return usedAt;
        }
    }

    synchronized void runBegins() {
        running++;
    }

    synchronized void runEnds() {
        running--;
    }

    /** One in this sandbox for a run, if one waits. That a run has asked counts as a use of the kind. */
    synchronized Optional<WarmContainer> take(WarmKind kind, String sandbox, Instant now) {
        if (settings.count(kind) == 0) {
            return Optional.empty();
        }
        Pool pool = pools.computeIfAbsent(kind, absent -> new Pool(now));
        pool.usedAt = now;
        pool.failed = false;
        Optional<WarmContainer> found = pool.waiting.stream()
                .filter(WarmContainer::waits)
                .filter(one -> one.sandbox().name().equals(sandbox))
                .filter(one -> one.madeAt().plus(settings.maximumAge()).isAfter(now))
                .findFirst();
        found.ifPresent(pool.waiting::remove);
        return found;
    }

    /** The kind of which one has to be made now; the one that was used last goes first. */
    synchronized Optional<WarmKind> claim() {
        if (taken() >= settings.slots()) {
            return Optional.empty();
        }
        Optional<Map.Entry<WarmKind, Pool>> next = pools.entrySet().stream()
                .filter(entry -> !entry.getValue().failed)
                .filter(entry ->
                        entry.getValue().waiting.size() + entry.getValue().making < settings.count(entry.getKey()))
                .max(Map.Entry.comparingByValue(Comparator.comparing(Pool::usedAt)));
        next.ifPresent(entry -> entry.getValue().making++);
        return next.map(Map.Entry::getKey);
    }

    /** One that was claimed could not be made. */
    synchronized void notMade(WarmKind kind) {
        Pool pool = pools.get(kind);
        if (pool != null) {
            pool.making--;
            pool.failed = true;
        }
    }

    /** Takes in one that was claimed. Gives those that are of no use any more. */
    synchronized List<WarmContainer> made(WarmKind kind, WarmContainer made) {
        Pool pool = pools.get(kind);
        if (pool == null) {
            return List.of(made);
        }
        pool.making--;
        // Its image may have been renewed under the same name.
        List<WarmContainer> useless = new ArrayList<>(
                pool.waiting.stream().filter(one -> !one.hasImageOf(made)).toList());
        pool.waiting.removeAll(useless);
        pool.waiting.add(made);
        while (taken() > settings.slots()) {
            Optional<WarmContainer> least = evict();
            if (least.isEmpty()) {
                break;
            }
            useless.add(least.get());
        }
        return useless;
    }

    /** Puts back what a run could not use. */
    synchronized void putBack(WarmKind kind, WarmContainer untouched, Instant now) {
        pools.computeIfAbsent(kind, absent -> new Pool(now)).waiting.addFirst(untouched);
    }

    /** Takes one out that has to make room for a run, of the kind that was not used for longest. */
    synchronized Optional<WarmContainer> makeRoom() {
        return taken() > settings.slots() ? evict() : Optional.empty();
    }

    private Optional<WarmContainer> evict() {
        return pools.values().stream()
                .filter(pool -> !pool.waiting.isEmpty())
                .min(Comparator.comparing(Pool::usedAt))
                .map(pool -> pool.waiting.removeFirst());
    }

    /** Takes out those that cannot be used or have waited too long, and those of kinds that no run has asked for in that time. */
    synchronized List<WarmContainer> outdated(Instant now) {
        Instant oldest = now.minus(settings.maximumAge());
        List<WarmContainer> outdated = new ArrayList<>();
        pools.values().forEach(pool -> {
            boolean unused = !pool.usedAt.isAfter(oldest);
            List<WarmContainer> old = pool.waiting.stream()
                    .filter(one -> unused || !one.waits() || !one.madeAt().isAfter(oldest))
                    .toList();
            pool.waiting.removeAll(old);
            outdated.addAll(old);
        });
        pools.values().removeIf(pool -> !pool.usedAt.isAfter(oldest) && pool.making == 0);
        return outdated;
    }

    /** Takes one out that has ended; false if it was not there. */
    synchronized boolean drop(WarmContainer ended) {
        return pools.values().stream().anyMatch(pool -> pool.waiting.remove(ended));
    }

    /** Takes all out, for good. */
    synchronized List<WarmContainer> clear() {
        List<WarmContainer> all =
                pools.values().stream().flatMap(pool -> pool.waiting.stream()).toList();
        pools.clear();
        return all;
    }

    /** How long one waits at most. */
    Duration maximumAge() {
        return settings.maximumAge();
    }

    private int taken() {
        return running
                + pools.values().stream()
                        .mapToInt(pool -> pool.waiting.size() + pool.making)
                        .sum();
    }
}
