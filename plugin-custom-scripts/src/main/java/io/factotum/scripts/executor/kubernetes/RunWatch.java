package io.factotum.scripts.executor.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells runs what happens to their Jobs and Pods: one watch of each kind for all runs of the installation, and now and
 * then a look at all of them besides. Runs are told on the plugin's context.
 */
final class RunWatch {

    private static final Logger LOG = LoggerFactory.getLogger(RunWatch.class);

    private final Vertx vertx;
    private final ClusterApi api;
    private final Duration lookInterval;
    /** More than one of a run where it is started and adopted here at once. */
    private final Map<UUID, Set<KubernetesRun>> runs = new ConcurrentHashMap<>();

    private @Nullable SharedIndexInformer<Job> jobs;
    private @Nullable SharedIndexInformer<Pod> pods;
    private @Nullable Long timer;

    RunWatch(Vertx vertx, ClusterApi api, Duration lookInterval) {
        this.vertx = vertx;
        this.api = api;
        this.lookInterval = lookInterval;
    }

    /** Tells this run from now on. The watch itself begins with the first. */
    void add(KubernetesRun run) {
        start();
        runs.compute(run.id(), (id, others) -> {
            Set<KubernetesRun> all = others == null ? new HashSet<>() : new HashSet<>(others);
            all.add(run);
            return Set.copyOf(all);
        });
        run.exit().onComplete(end -> remove(run));
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

    private synchronized void start() {
        if (jobs != null) {
            return;
        }
        jobs = api.client()
                .batch()
                .v1()
                .jobs()
                .inNamespace(api.namespace())
                .withLabelSelector(api.selector())
                .runnableInformer(0)
                .itemStore(store(Job.class))
                .exceptionHandler((started, fault) -> retry("jobs", fault))
                .addEventHandler(handler(this::seen, this::gone));
        pods = api.client()
                .pods()
                .inNamespace(api.namespace())
                .withLabelSelector(api.selector())
                .runnableInformer(0)
                .itemStore(store(Pod.class))
                .exceptionHandler((started, fault) -> retry("pods", fault))
                .addEventHandler(handler(this::seen, this::gone));
        jobs.start();
        pods.start();
        timer = vertx.setPeriodic(lookInterval.toMillis(), id -> look());
    }

    private static boolean retry(String kind, Throwable fault) {
        LOG.warn("Watch of {} broken, trying again: {}", kind, ApiFault.words(fault));
        return true;
    }

    /** Looks at all, whatever the watch says: what it missed comes to light here. */
    Future<Void> look() {
        if (runs.isEmpty()) {
            return Future.succeededFuture();
        }
        List<KubernetesRun> before = runs();
        return Future.all(api.jobs(0), api.pods())
                .onSuccess(all -> compare(before, all.resultAt(0), all.resultAt(1)))
                .onFailure(fault -> LOG.warn("Cannot look at the Jobs: {}", ApiFault.words(fault)))
                .mapEmpty();
    }

    private void compare(List<KubernetesRun> before, List<Job> jobsNow, List<Pod> podsNow) {
        Set<String> uids = new HashSet<>();
        jobsNow.forEach(job -> uids.add(job.getMetadata().getUid()));
        podsNow.forEach(pod -> uids.add(pod.getMetadata().getUid()));
        podsNow.forEach(pod -> runs(pod).forEach(run -> run.seen(PodSight.of(pod))));
        jobsNow.forEach(job -> runs(job).forEach(run -> run.seen(JobSight.of(job))));
        before.forEach(run -> run.stillThere(uids));
    }

    private void seen(Job job) {
        runs(job).forEach(run -> {
            JobSight sight = JobSight.of(job);
            api.onContext(() -> run.seen(sight));
        });
    }

    private void seen(Pod pod) {
        runs(pod).forEach(run -> {
            PodSight sight = PodSight.of(pod);
            api.onContext(() -> run.seen(sight));
        });
    }

    private void gone(Job job, boolean unseen) {
        String uid = job.getMetadata().getUid();
        runs(job).forEach(run -> api.onContext(() -> run.jobGone(uid)));
    }

    private void gone(Pod pod, boolean unseen) {
        // What an informer had not seen the end of comes as it was last known: that tells nothing new.
        PodSight sight = PodSight.of(pod);
        runs(pod)
                .forEach(run -> api.onContext(() -> {
                    if (!unseen) {
                        run.seen(sight);
                    }
                    run.podGone(sight.uid());
                }));
    }

    private Set<KubernetesRun> runs(HasMetadata object) {
        return JobRecipe.runId(object.getMetadata().getLabels()).map(runs::get).orElse(Set.of());
    }

    synchronized void close() {
        if (timer != null) {
            vertx.cancelTimer(timer);
        }
        if (jobs != null) {
            jobs.stop();
        }
        if (pods != null) {
            pods.stop();
        }
        runs.clear();
    }

    private static <T extends HasMetadata> ResourceEventHandler<T> handler(
            Consumer<T> seen, BiConsumer<T, Boolean> gone) {
        return new ResourceEventHandler<>() {
            @Override
            public void onAdd(T object) {
                seen.accept(object);
            }

            @Override
            public void onUpdate(T before, T object) {
                seen.accept(object);
            }

            @Override
            public void onDelete(T object, boolean unseen) {
                gone.accept(object, unseen);
            }
        };
    }

    /** Keeps of each object only by what it is known: of ten thousand runs the whole would not fit. */
    private static <T extends HasMetadata> BasicItemStore<T> store(Class<T> kind) {
        return new BasicItemStore<>(Cache::metaNamespaceKeyFunc) {
            @Override
            public T put(String key, T object) {
                return super.put(key, Bare.of(kind, object));
            }
        };
    }

    /** An object with its name, its labels and its version alone. */
    private static final class Bare {

        private Bare() {}

        static <T extends HasMetadata> T of(Class<T> kind, T object) {
            HasMetadata bare = kind == Job.class ? new Job() : new Pod();
            ObjectMeta from = object.getMetadata();
            ObjectMeta to = new ObjectMeta();
            to.setName(from.getName());
            to.setNamespace(from.getNamespace());
            to.setUid(from.getUid());
            to.setResourceVersion(from.getResourceVersion());
            to.setLabels(Map.of(
                    JobRecipe.RUN_LABEL,
                    Objects.requireNonNullElse(from.getLabels().get(JobRecipe.RUN_LABEL), "")));
            bare.setMetadata(to);
            return kind.cast(bare);
        }
    }
}
