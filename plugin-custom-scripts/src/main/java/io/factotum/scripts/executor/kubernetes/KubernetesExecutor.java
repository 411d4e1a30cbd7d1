package io.factotum.scripts.executor.kubernetes;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.factotum.scripts.executor.EndedExecution;
import io.factotum.scripts.executor.Execution;
import io.factotum.scripts.executor.Executor;
import io.factotum.scripts.executor.Leftover;
import io.factotum.scripts.executor.NeverBegunException;
import io.factotum.scripts.executor.OutputSink;
import io.factotum.scripts.executor.Permission;
import io.factotum.scripts.executor.RunSpec;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs each script in a Job of a Kubernetes cluster. */
public final class KubernetesExecutor implements Executor {

    private static final Logger LOG = LoggerFactory.getLogger(KubernetesExecutor.class);
    private static final Path SERVICE_ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount/token");
    private static final long RETRY_MILLIS = 1000;

    private final Vertx vertx;
    private final KubernetesSettings settings;
    private final ClusterApi api;
    private final JobRecipe recipe;
    private final LogSlots slots;
    private final RunWatch watch;
    private volatile boolean closed;

    /** Talks to the cluster that the settings name, from the first call on. */
    public KubernetesExecutor(Vertx vertx, KubernetesSettings settings) {
        this.vertx = vertx;
        this.settings = settings;
        this.api = new ClusterApi(vertx, settings);
        this.recipe = new JobRecipe(settings);
        this.slots = new LogSlots(settings.followedLogs());
        this.watch = new RunWatch(vertx, api, settings.times().look());
    }

    /** Whether this host itself runs in a cluster, with a service account of its own. */
    public static boolean isInCluster() {
        return Files.isReadable(SERVICE_ACCOUNT);
    }

    @Override
    public String name() {
        return "kubernetes";
    }

    @Override
    public String reference(UUID runId) {
        return JobRecipe.name(runId);
    }

    @Override
    public Future<Void> check() {
        return api.jobs(1).<Void>mapEmpty().recover(cause -> Future.failedFuture(unavailable(cause)));
    }

    @Override
    public Future<Execution> start(RunSpec spec, Permission permission, OutputSink sink) {
        ScriptSecret secret;
        Job job;
        try {
            secret = ScriptSecret.of(spec);
            job = recipe.job(spec);
        } catch (IllegalArgumentException e) {
            return Future.failedFuture(e);
        }
        return api.createJob(job)
                .compose(
                        made -> begin(spec, secret, made.uid(), permission, sink)
                                .recover(cause -> undo(spec.runId(), made.uid(), permission, cause)),
                        cause -> notCreated(spec, permission, sink, cause));
    }

    /** From here on the Job is there, suspended: on record as begun is only what can be found. */
    private Future<Execution> begin(
            RunSpec spec, ScriptSecret secret, String uid, Permission permission, OutputSink sink) {
        return permission
                .ask()
                .compose(v -> deliver(spec, secret, uid))
                .compose(
                        v -> released(spec, uid, permission, sink),
                        cause -> permission.isGranted() && ApiFault.isRefusal(cause)
                                ? Future.succeededFuture(refused(ApiFault.words(cause)))
                                : Future.failedFuture(
                                        permission.isRefused() || cause instanceof NeverBegunException
                                                ? cause
                                                : unavailable(cause)));
    }

    private Future<Void> deliver(RunSpec spec, ScriptSecret secret, String uid) {
        return api.createSecret(recipe.secret(spec, secret, uid))
                // Made by the call of another host, or by one of ours whose answer was lost.
                .recover(
                        cause -> ApiFault.status(cause) == 409 ? Future.succeededFuture() : Future.failedFuture(cause));
    }

    private Future<Execution> released(RunSpec spec, String uid, Permission permission, OutputSink sink) {
        KubernetesRun run = run(spec, uid, permission, sink);
        run.release();
        return run.begun();
    }

    // Of what this call has made. Another host may have released it meanwhile: what has a Pod is not ours to take away.
    private Future<Execution> undo(UUID runId, String uid, Permission permission, Throwable cause) {
        if (!permission.isRefused() && !(cause instanceof NeverBegunException)) {
            return Future.failedFuture(cause);
        }
        return api.podsOf(runId)
                .compose(pods -> pods.isEmpty() ? api.delete(reference(runId), uid) : Future.succeededFuture())
                .transform(undone -> Future.failedFuture(cause));
    }

    private Future<Execution> notCreated(RunSpec spec, Permission permission, OutputSink sink, Throwable cause) {
        if (ApiFault.status(cause) == 409) {
            return adoptOrStart(spec, permission, sink);
        }
        return ApiFault.isRefusal(cause)
                ? permission.ask().map(v -> refused(ApiFault.words(cause)))
                : Future.failedFuture(unavailable(cause));
    }

    private Future<Execution> adoptOrStart(RunSpec spec, Permission permission, OutputSink sink) {
        return adopt(spec, permission, sink).compose(found -> found.map(Future::succeededFuture)
                .orElseGet(() -> pause().compose(v -> start(spec, permission, sink))));
    }

    @Override
    public Future<Optional<Execution>> adopt(RunSpec spec, Permission permission, OutputSink sink) {
        return patiently(spec.runId())
                .compose(found -> found.filter(job -> !job.deleting()).isEmpty()
                        ? Future.succeededFuture(Optional.empty())
                        : adopt(found.get(), spec, permission, sink).map(Optional::of));
    }

    /** A cluster that is away tells nothing of what is there: it is asked until it answers. */
    private Future<Optional<JobSight>> patiently(UUID runId) {
        return api.find(reference(runId)).recover(cause -> {
            if (closed || ApiFault.isRefusal(cause)) {
                return Future.failedFuture(cause);
            }
            LOG.warn("Cannot look for run={}, trying again: {}", runId, ApiFault.words(cause));
            return pause().compose(v -> patiently(runId));
        });
    }

    private Future<Execution> adopt(JobSight found, RunSpec spec, Permission permission, OutputSink sink) {
        return api.podsOf(spec.runId())
                .map(pods -> pods.stream().map(PodSight::of).toList())
                .compose(pods -> {
                    boolean begun = pods.stream().anyMatch(PodSight::begun);
                    LOG.info(
                            "Adopting run={} job={} begun={} finished={}",
                            spec.runId(),
                            reference(spec.runId()),
                            begun,
                            found.finished());
                    // Nothing runs of a Job that waits for its Secret or its release: both are asked for again.
                    return begun || found.finished()
                            ? follow(found, pods, spec, permission, sink)
                            : begin(spec, ScriptSecret.of(spec), found.uid(), permission, sink);
                });
    }

    private Future<Execution> follow(
            JobSight found, List<PodSight> pods, RunSpec spec, Permission permission, OutputSink sink) {
        return permission.askToFollow().compose(v -> {
            KubernetesRun run = run(spec, found.uid(), permission, sink);
            pods.forEach(run::seen);
            run.seen(found);
            return run.begun();
        });
    }

    @Override
    public Future<Void> remove(UUID runId) {
        return api.delete(reference(runId), null);
    }

    @Override
    public Future<List<Leftover>> list() {
        return api.jobs(0).map(jobs -> jobs.stream()
                .map(KubernetesExecutor::leftover)
                .flatMap(Optional::stream)
                .toList());
    }

    private static Optional<Leftover> leftover(Job job) {
        return JobRecipe.runId(job.getMetadata().getLabels())
                .map(id -> new Leftover(id, Instant.parse(job.getMetadata().getCreationTimestamp())));
    }

    @Override
    public Future<Void> close() {
        if (closed) {
            return Future.succeededFuture();
        }
        closed = true;
        watch.runs().forEach(KubernetesRun::abandon);
        watch.close();
        return vertx.<Void>executeBlocking(() -> {
            api.close();
            return null;
        });
    }

    private KubernetesRun run(RunSpec spec, String uid, Permission permission, OutputSink sink) {
        KubernetesRun run = new KubernetesRun(vertx, api, settings.times(), slots, spec, uid, permission, sink);
        watch.add(run);
        run.begun().onFailure(cause -> watch.remove(run));
        return run;
    }

    private Future<Void> pause() {
        return vertx.timer(RETRY_MILLIS, TimeUnit.MILLISECONDS).mapEmpty();
    }

    private static Execution refused(String reason) {
        return new EndedExecution(PodExit.refused(PodExit.CLUSTER_FAULT_CODE, reason));
    }

    private NeverBegunException unavailable(Throwable cause) {
        return new NeverBegunException(
                "engine_unavailable",
                "Cannot use the Kubernetes cluster '" + api.address() + "' in namespace '" + api.namespace() + "': "
                        + ApiFault.words(cause)
                        + ". Name it in the plugin's configuration or by KUBECONFIG, and grant what deploy/kubernetes"
                        + " grants.",
                cause);
    }
}
