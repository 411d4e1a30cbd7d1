package io.factotum.scripts.executor.kubernetes;

import io.factotum.scripts.executor.RunTry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The informer of all runs: one list and one watch of each kind for all of the installation, and now and then a look at
 * all of them besides. It keeps no objects, only tells runs what it sees. Lives on the plugin's context.
 */
final class RunWatch {

    private static final Logger LOG = LoggerFactory.getLogger(RunWatch.class);

    /** When to look again after a look that failed, or that missed something. */
    private static final Duration AGAIN = Duration.ofSeconds(1);
    /** Longer than the server lets a watch last. */
    private static final Duration LONGEST_SILENCE = Duration.ofMinutes(5);

    private final Vertx vertx;
    private final ClusterApi api;
    private final Duration lookInterval;
    private final WatchStream<JobSight> jobs;
    private final WatchStream<PodSight> pods;
    /** More than one of a try where it is started and adopted here at once. */
    private final Map<RunTry, Set<KubernetesRun>> runs = new ConcurrentHashMap<>();

    private @Nullable Long timer;
    private boolean looking;
    private boolean lookAgain;
    private boolean closed;

    RunWatch(Vertx vertx, ClusterApi api, Duration lookInterval) {
        this.vertx = vertx;
        this.api = api;
        this.lookInterval = lookInterval;
        this.jobs = api.watchJobs(new WatchStream.Listener<>() {
            @Override
            public void changed(JobSight sight) {
                seen(sight);
            }

            @Override
            public void deleted(JobSight last) {
                runs(last.runTry()).forEach(run -> run.jobGone(last.uid()));
            }

            @Override
            public void broken(Throwable why) {
                brokenWatch("Jobs", why);
            }
        });
        this.pods = api.watchPods(new WatchStream.Listener<>() {
            @Override
            public void changed(PodSight sight) {
                seen(sight);
            }

            @Override
            public void deleted(PodSight last) {
                seen(last);
                runs(last.runTry()).forEach(run -> run.podGone(last.uid()));
            }

            @Override
            public void broken(Throwable why) {
                brokenWatch("Pods", why);
            }
        });
    }

    /** Tells this run from now on. The watch itself begins with the first. */
    void add(KubernetesRun run) {
        runs.compute(run.id(), (id, others) -> {
            Set<KubernetesRun> all = others == null ? new HashSet<>() : new HashSet<>(others);
            all.add(run);
            return Set.copyOf(all);
        });
        run.exit().onComplete(end -> remove(run));
        if (timer == null && !closed) {
            timer = vertx.setPeriodic(lookInterval.toMillis(), id -> regularLook());
            look();
        }
    }

    void remove(KubernetesRun run) {
        runs.computeIfPresent(run.id(), (id, all) -> {
            Set<KubernetesRun> others = new HashSet<>(all);
            others.remove(run);
            return others.isEmpty() ? null : Set.copyOf(others);
        });
    }

    List<KubernetesRun> runs() {
        return runs.values().stream().flatMap(Set::stream).toList();
    }

    private void regularLook() {
        jobs.checkWhetherAlive(LONGEST_SILENCE);
        pods.checkWhetherAlive(LONGEST_SILENCE);
        if (!runs.isEmpty()) {
            look();
        }
    }

    private void brokenWatch(String kind, Throwable why) {
        if (ApiFault.status(why) == 410) {
            LOG.debug("Watch of {} is too old, listing anew", kind);
        } else {
            LOG.warn("Watch of {} broken, listing anew: {}", kind, ApiFault.words(why));
        }
        look();
    }

    /** Looks at all, whatever the watches say: what they missed comes to light here. They go on from there. */
    private void look() {
        if (closed || looking) {
            lookAgain = looking;
            return;
        }
        looking = true;
        List<KubernetesRun> before = runs();
        Set<String> uids = new HashSet<>();
        Future<String> jobsVersion = api.jobs(sight -> {
            uids.add(sight.uid());
            seen(sight);
        });
        Future<String> podsVersion = api.pods(sight -> {
            uids.add(sight.uid());
            seen(sight);
        });
        Future.all(jobsVersion, podsVersion).onComplete(all -> {
            looking = false;
            boolean again = lookAgain;
            lookAgain = false;
            if (closed) {
                return;
            }
            if (all.failed()) {
                LOG.warn("Cannot look at the Jobs, trying again: {}", ApiFault.words(all.cause()));
                again = true;
            } else {
                open(jobs, jobsVersion.result());
                open(pods, podsVersion.result());
                for (KubernetesRun run : before) {
                    again |= run.isMissed(uids);
                }
            }
            if (again) {
                vertx.setTimer(AGAIN.toMillis(), id -> look());
            }
        });
    }

    private static void open(WatchStream<?> watch, String version) {
        if (!watch.isOpen()) {
            watch.open(version);
        }
    }

    private void seen(JobSight sight) {
        runs(sight.runTry()).forEach(run -> run.seen(sight));
    }

    private void seen(PodSight sight) {
        runs(sight.runTry()).forEach(run -> run.seen(sight));
    }

    private Set<KubernetesRun> runs(@Nullable RunTry run) {
        return run == null ? Set.of() : runs.getOrDefault(run, Set.of());
    }

    void close() {
        closed = true;
        if (timer != null) {
            vertx.cancelTimer(timer);
        }
        jobs.close();
        pods.close();
        runs.clear();
    }
}
